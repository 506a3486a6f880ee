// The gateway's side of the handshake with a shard, on a socket: protocol/cluster-handshake.ts says how.

import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { CallerHandshake, nonceBytes } from '../../protocol/cluster-handshake.ts'

export class LinkHandshake extends CallerHandshake {
  constructor({ gatewayName, secret }: { gatewayName: string; secret: string }, socket: Socket) {
    super({
      name: gatewayName,
      secret,
      nonce: randomBytes(nonceBytes),
      send: (frame) => socket.write(frame),
    })
  }
}
