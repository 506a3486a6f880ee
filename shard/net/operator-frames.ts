// The shard's end of what operators ask (protocol/reports.ts), on the link of one gateway.
//
// A gateway that has told of itself once understands questions; another one would take them for a
// broken protocol, so it is asked nothing.

import { frameBodyBytesMax, frameKinds } from '../../protocol/cluster.ts'
import { pack } from '../../protocol/frame.ts'
import type {
  GatewayAsk,
  GatewayReport,
  OperatorAnswer,
  OperatorAsk,
} from '../../protocol/reports.ts'
import { readAsk, readGatewayReport } from '../../protocol/reports.ts'

export type OperatorFramesPorts = {
  send(kind: number, body: Uint8Array): void
  onAsk(ask: OperatorAsk): Promise<OperatorAnswer>
}

export class OperatorFrames {
  /** What the gateway told last. */
  report: GatewayReport | undefined
  readonly #ports: OperatorFramesPorts

  constructor(ports: OperatorFramesPorts) {
    this.#ports = ports
  }

  /** @returns whether it was a frame of this kind. Throws ClusterProtocolError for one that is broken. */
  receive(kind: number, body: Buffer): boolean {
    if (kind === frameKinds.gatewayReport) {
      this.report = readGatewayReport(body)
      return true
    }
    if (kind !== frameKinds.operatorAsk) return false
    const { id, what } = readAsk(body)
    const answer = (told: OperatorAnswer): void => {
      const body = pack({ id, what: told })
      if (body.length <= frameBodyBytesMax) this.#ports.send(frameKinds.operatorAnswer, body)
      else answer({ refused: 'The answer is larger than what a shard may send.' })
    }
    this.#ports.onAsk(what).then(answer, (error: unknown) => {
      answer({ refused: error instanceof Error ? error.message : String(error) })
    })
    return true
  }

  ask(ask: GatewayAsk): void {
    if (this.report !== undefined) this.#ports.send(frameKinds.gatewayAsk, pack(ask))
  }
}
