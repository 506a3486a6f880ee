// A way around a fault of the native layer that closes sockets at random.
//
// An upgrade that waits for a shard's word happens outside of the native layer's own callbacks, and has
// to be corked. In this version `cork` then takes the new socket for the HTTP response that it was, and
// reads "close this connection" from bytes that mean something else (fixed upstream by
// uNetworking/uWebSockets pull request 1929). One upgrade in two thousand is closed right after it
// opened; in an unlucky process far more.
//
// Only one connection is corked at a time, and only the outermost `cork` does that check. So one
// connection of this process to itself, which never gets its answer, is the outermost one of every
// upgrade. It carries nothing, and nobody else can reach it. What an upgrade says of the connection is
// checked before (admission.ts): the native layer also checks it where nothing is corked.

import type { Socket } from 'node:net'
import { connect } from 'node:net'
import type { HttpResponse, TemplatedApp } from '../listener.ts'
import { listen, makeApp } from '../listener.ts'

/** How long the connection may take: it stays inside this machine. */
const openTimeoutMs = 2_000

export class UpgradeCork {
  readonly #app: TemplatedApp = makeApp()
  #held: HttpResponse | undefined
  #socket: Socket | undefined

  /** Where the connection cannot be made, upgrades are corked the plain way. */
  async start(): Promise<void> {
    const isHeld = new Promise<void>((resolve) => {
      this.#app.get('/', (response) => {
        response.onAborted(() => {
          this.#held = undefined
        })
        this.#held = response
        resolve()
      })
    })
    const listening = await listen(this.#app, { host: '127.0.0.1', port: 0, isPortShared: false })
    if (listening === undefined) return
    const socket = connect(listening.port, '127.0.0.1')
    this.#socket = socket
    socket.on('error', () => socket.destroy())
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    socket.unref()
    let timer: NodeJS.Timeout | undefined
    const isLate = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, openTimeoutMs)
    })
    await Promise.race([isHeld, isLate])
    clearTimeout(timer)
    listening.close()
  }

  /** Runs `upgrade`, which upgrades the response, corked. */
  run(response: HttpResponse, upgrade: () => void): void {
    const held = this.#held
    if (held === undefined) response.cork(upgrade)
    else held.cork(() => response.cork(upgrade))
  }

  close(): void {
    this.#held = undefined
    this.#socket?.destroy()
    this.#app.close()
  }
}
