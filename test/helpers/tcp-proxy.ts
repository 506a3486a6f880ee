// A way between two parties that a test can cut: all of it, one direction, with or without a reset.
//
// What is held is not lost, as in a network that heals: it arrives when the way is open again.

import { createServer, connect as dial, type Server, type Socket } from 'node:net'

const host = '127.0.0.1'

/**
 * `blackhole` holds what goes either way; `one-way` lets questions pass and holds the answers; `reset`
 * ends every connection, and each new one, the hard way.
 */
export type ProxyMode = 'open' | 'blackhole' | 'one-way' | 'reset'

type Half = { readonly from: Socket; readonly to: Socket; readonly isAnswer: boolean }

export class TcpProxy {
  readonly #server: Server
  readonly #halves = new Set<Half>()
  #targetPort: number
  #mode: ProxyMode = 'open'

  private constructor(targetPort: number) {
    this.#targetPort = targetPort
    this.#server = createServer((inner) => this.#connect(inner))
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort)
    await new Promise<void>((resolve) => proxy.#server.listen(0, host, resolve))
    return proxy
  }

  get port(): number {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the proxy is closed')
    return address.port
  }

  get connectionCount(): number {
    return this.#halves.size / 2
  }

  set mode(mode: ProxyMode) {
    this.#mode = mode
    if (mode === 'reset') this.reset()
    for (const half of this.#halves) this.#hold(half)
  }

  /** Connections that come from now on lead there; those that are open are reset. */
  leadTo(targetPort: number): void {
    this.#targetPort = targetPort
    this.reset()
  }

  /** Ends every connection the hard way, and all that was held on it. */
  reset(): void {
    for (const { from } of this.#halves) from.resetAndDestroy()
    this.#halves.clear()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.reset()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #connect(inner: Socket): void {
    if (this.#mode === 'reset') {
      inner.on('error', () => undefined) // It is gone either way.
      inner.resetAndDestroy()
      return
    }
    const outer = dial(this.#targetPort, host)
    const ways: readonly Half[] = [
      { from: inner, to: outer, isAnswer: false },
      { from: outer, to: inner, isAnswer: true },
    ]
    for (const half of ways) {
      this.#halves.add(half)
      half.from.on('data', (bytes) => half.to.write(bytes))
      half.from.on('error', () => half.to.destroy())
      half.from.on('close', () => {
        half.to.destroy()
        this.#halves.delete(half)
      })
      this.#hold(half)
    }
  }

  #hold({ from, isAnswer }: Half): void {
    const isHeld = this.#mode === 'blackhole' || (this.#mode === 'one-way' && isAnswer)
    if (isHeld) from.pause()
    else from.resume()
  }
}
