// The gateway's side of the handshake with a shard: hello, then a proof for a proof (cluster.ts).
//
// The shard proves first, so a gateway never shows anything to somebody who only listens on a port.

import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import {
  ClusterProtocolError,
  FrameBatch,
  frameKinds,
  isProof,
  makeProof,
  nonceBytes,
} from '../protocol/cluster.ts'

export class LinkHandshake {
  readonly #options: { gatewayName: string; secret: string }
  readonly #socket: Socket
  readonly #nonce = randomBytes(nonceBytes)

  constructor(options: { gatewayName: string; secret: string }, socket: Socket) {
    this.#options = options
    this.#socket = socket
  }

  begin(): void {
    this.#send(
      frameKinds.hello,
      Buffer.concat([this.#nonce, Buffer.from(this.#options.gatewayName)]),
    )
  }

  /** Throws ClusterProtocolError unless this is the challenge of a shard that knows the secret. */
  receive(kind: number, body: Buffer): void {
    const nonces = { gateway: this.#nonce, shard: body.subarray(0, nonceBytes) }
    const { secret } = this.#options
    const isShard =
      kind === frameKinds.challenge &&
      isProof(body.subarray(nonceBytes), makeProof(secret, 'shard', nonces))
    if (!isShard) throw new ClusterProtocolError('the other side does not know the secret')
    this.#send(frameKinds.proof, makeProof(secret, 'gateway', nonces))
  }

  #send(kind: number, body: Uint8Array): void {
    const batch = new FrameBatch()
    batch.add(kind, body)
    this.#socket.write(batch.take())
  }
}
