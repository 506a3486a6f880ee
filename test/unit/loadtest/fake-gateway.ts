// A gateway that answers as a test tells it to: the other end of the client's wire.

import type { AddressInfo } from 'node:net'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import { pack, readMessagePackFrame } from '../../../protocol/frame.ts'

export type Request = { readonly id: number; readonly operation: string; readonly params: object }
export type Connection = {
  readonly number: number
  readonly authorization: string | undefined
  send(message: unknown): void
  close(code: number): void
  /** Cuts the connection without a word. */
  cut(): void
}

export class FakeGateway {
  readonly #server: WebSocketServer
  readonly connections: Connection[] = []
  readonly requests: Request[] = []

  private constructor(server: WebSocketServer) {
    this.#server = server
  }

  /** Listens on a free port. `answer` is called for each request. */
  static async open(
    answer: (request: Request, connection: Connection) => void,
  ): Promise<FakeGateway> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    const gateway = new FakeGateway(server)
    server.on('connection', (socket: WebSocket, request) => {
      const connection: Connection = {
        number: gateway.connections.length + 1,
        authorization: request.headers.authorization,
        send: (message) => socket.send(pack(message)),
        close: (code) => socket.close(code),
        cut: () => socket.terminate(),
      }
      gateway.connections.push(connection)
      socket.on('message', (bytes: Buffer) => {
        for (const read of readMessagePackFrame(bytes) as Request[]) {
          gateway.requests.push(read)
          answer(read, connection)
        }
      })
    })
    await new Promise((resolve) => server.once('listening', resolve))
    return gateway
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
