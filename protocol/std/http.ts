// Node's HTTP, for operators. Taken by name: an import would ask the module for everything that it has, and so load the
// WebSocket client as well, 50 ms of the processor at the start of each process.

export const { createServer, get, STATUS_CODES } = process.getBuiltinModule('node:http')
