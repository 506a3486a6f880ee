// The limit of the shape: two processes, as a gateway and a shard are, with nothing in them. The front is
// uWebSockets.js; for each request it asks the back over a socket of the machine, which answers with bytes that Rookery has
// once answered. Both gather what one turn of their event loop has to say into one write. Whatever sends these bytes
// through a gateway and a shard cannot do much less.
//
//   front -> back   <number> <answer>              8 bytes a request
//   back -> front   <bytes> <number> <the answer>

import { fork } from 'node:child_process'
import { connect, createServer, type Socket } from 'node:net'
import { listen, makeApp, type WebSocket } from '../../../../server/listener.ts'
import { idFirst } from '../requests.ts'
import { readTold, ready } from './told.ts'

type SocketData = { readonly answer: number; isOpen: boolean }
type Asked = {
  readonly socket: WebSocket<SocketData>
  readonly data: SocketData
  readonly id: number
}

const requestBytes = 8
const headBytes = 8
/** Where the four bytes of an id stand in an answer: behind `92 ce`. */
const idAt = 2

/** Gathers what is written within one turn, and sends it at its end. */
class Turn {
  readonly #socket: Socket
  #parts: Buffer[] = []

  constructor(socket: Socket) {
    this.#socket = socket
  }

  write(bytes: Buffer): void {
    if (this.#parts.length === 0) setImmediate(() => this.#flush())
    this.#parts.push(bytes)
  }

  #flush(): void {
    this.#socket.write(Buffer.concat(this.#parts))
    this.#parts = []
  }
}

/** Hands over each part of a stream: `lengthOf` says how long the one at an offset is, -1 where too little is there. */
function cut(
  socket: Socket,
  lengthOf: (bytes: Buffer, from: number) => number,
  onPart: (part: Buffer) => void,
): void {
  let rest = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let from = 0
    for (;;) {
      const length = lengthOf(bytes, from)
      if (length < 0 || from + length > bytes.length) break
      onPart(bytes.subarray(from, from + length))
      from += length
    }
    rest = Buffer.from(bytes.subarray(from))
  })
}

function serveBack(): void {
  const answers = (readTold().results ?? []).map((result) => {
    const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0x92, 0xce, 0, 0, 0, 0])
    head.writeUInt32LE(head.length + result.length, 0)
    head.writeUInt32BE(idFirst, headBytes + idAt)
    return Buffer.concat([head, result])
  })
  const server = createServer({ noDelay: true }, (socket) => {
    const turn = new Turn(socket)
    const whole = (bytes: Buffer, from: number) =>
      bytes.length - from < requestBytes ? -1 : requestBytes
    cut(socket, whole, (request) => {
      const answer = Buffer.from(answers[request.readUInt32LE(4)]!)
      request.copy(answer, 4, 0, 4)
      turn.write(answer)
    })
  })
  server.listen(0, '127.0.0.1', () => {
    process.send?.({ port: (server.address() as { port: number }).port })
  })
  process.once('disconnect', () => process.exit(0))
}

async function serveFront(): Promise<void> {
  const back = fork(new URL(import.meta.url), [process.argv[2] ?? '', 'back'])
  const [{ port }] = await new Promise<[{ port: number }]>((resolve) => {
    back.once('message', (message) => resolve([message as { port: number }]))
  })
  const link = connect({ port, host: '127.0.0.1', noDelay: true })
  const turn = new Turn(link)
  const asked = new Map<number, Asked>()
  let number = 0
  const whole = (bytes: Buffer, from: number) =>
    bytes.length - from < headBytes ? -1 : bytes.readUInt32LE(from)
  cut(link, whole, (part) => {
    const key = part.readUInt32LE(4)
    const { socket, data, id } = asked.get(key)!
    asked.delete(key)
    if (!data.isOpen) return
    part.writeUInt32BE(id, headBytes + idAt)
    socket.send(part.subarray(headBytes), true)
  })
  const app = makeApp()
  app.ws<SocketData>('/live', {
    maxBackpressure: 64 * 1024 * 1024,
    idleTimeout: 60,
    upgrade: (response, request, context) => {
      const data: SocketData = { answer: Number(request.getQuery('answer') ?? 0), isOpen: true }
      const header = (name: string) => request.getHeader(`sec-websocket-${name}`)
      response.upgrade(data, header('key'), header('protocol'), header('extensions'), context)
    },
    message: (socket, bytes) => {
      const message = Buffer.from(bytes)
      const request = Buffer.alloc(requestBytes)
      number = (number + 1) >>> 0
      request.writeUInt32LE(number, 0)
      const data = socket.getUserData()
      request.writeUInt32LE(data.answer, 4)
      asked.set(number, { socket, data, id: message.readUInt32BE(idAt) })
      turn.write(request)
    },
    close: (socket) => {
      socket.getUserData().isOpen = false
    },
  })
  const listening = await listen(app, { host: '127.0.0.1', port: 0, isPortShared: false })
  console.log(`back ${back.pid}`)
  ready(listening!.port)
}

if (process.argv[3] === 'back') serveBack()
else await serveFront()
