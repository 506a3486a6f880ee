// What operators ask of the shard behind one link, and what the shard asks of this gateway
// (protocol/reports.ts). Every question gets an answer, if only that there was none in time.

import { frameKinds } from '../../protocol/cluster.ts'
import { ClusterProtocolError } from '../../protocol/cluster-stream.ts'
import { pack } from '../../protocol/frame.ts'
import type {
  GatewayAsk,
  GatewayReport,
  OperatorAnswer,
  OperatorAsk,
} from '../../protocol/reports.ts'
import { readGatewayAsk, readOperatorAnswer, reportVersion } from '../../protocol/reports.ts'
import { operatorAskMsMax } from '../limits.ts'

/** What a gateway tells of itself, and does for operators. */
export type GatewayOperators = {
  report(): Promise<GatewayReport>
  drain(): void
}

export type LinkOperatorsPorts = {
  /** Sends a frame; does nothing while the link is down. */
  send(kind: number, body: Uint8Array): void
  readonly gateway: GatewayOperators
}

export class LinkOperators {
  readonly #ports: LinkOperatorsPorts
  /** By number; each ends in time. */
  readonly #asked = new Map<number, (answer: OperatorAnswer) => void>()
  #nextId = 1
  /** Whether the shard has said that it can be asked. */
  #isKnown = false

  constructor(ports: LinkOperatorsPorts) {
    this.#ports = ports
  }

  /** A status of the shard, which says what version it speaks. */
  told(reports: number | undefined): void {
    if (this.#isKnown || reports !== reportVersion) return
    this.#isKnown = true
    // From this the shard knows that the gateway may be asked as well.
    this.#report()
  }

  /** The link is down. */
  lost(): void {
    this.#isKnown = false
    for (const answered of this.#asked.values()) answered({ refused: 'the link has broken' })
  }

  ask(what: OperatorAsk): Promise<OperatorAnswer> {
    if (!this.#isKnown) return Promise.resolve({ refused: 'it cannot be asked at the moment' })
    const id = this.#nextId++
    return new Promise((resolve) => {
      const answered = (answer: OperatorAnswer): void => {
        clearTimeout(timer)
        this.#asked.delete(id)
        resolve(answer)
      }
      const late = { refused: `no answer for ${operatorAskMsMax} ms` }
      const timer = setTimeout(() => answered(late), operatorAskMsMax)
      this.#asked.set(id, answered)
      this.#ports.send(frameKinds.operatorAsk, pack({ id, what }))
    })
  }

  /** Throws ClusterProtocolError for a frame that no shard sends to a gateway. */
  receive(kind: number, body: Buffer): void {
    if (kind === frameKinds.operatorAnswer) {
      const { id, what } = readOperatorAnswer(body)
      this.#asked.get(id)?.(what)
    } else if (kind === frameKinds.gatewayAsk) {
      this.#asks(readGatewayAsk(body))
    } else throw new ClusterProtocolError(`a frame of kind ${kind}, which no shard sends`)
  }

  #asks(ask: GatewayAsk): void {
    if (ask.kind === 'report') this.#report()
    else this.#ports.gateway.drain()
  }

  #report(): void {
    const { gateway, send } = this.#ports
    void gateway.report().then((report) => send(frameKinds.gatewayReport, pack(report)))
  }
}
