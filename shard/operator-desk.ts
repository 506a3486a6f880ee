// What operators ask of a shard process, by way of any gateway: to tell of itself, to end in good order, or
// to let another process serve a partition.
//
// Whoever asks has shown that they belong to the cluster. A word on a partition goes to all shards with the
// next announcement (placement/pins.ts); the processes then do by themselves what the new order asks for.

import type { RequestFrame } from '../protocol/cluster.ts'
import type {
  GatewayReport,
  OperatorAnswer,
  OperatorAsk,
  ShardReport,
} from '../protocol/reports.ts'
import type { Log } from '../protocol/std/log.ts'
import type { Membership } from './placement/membership.ts'

/** What is known of a request when its answer is on its way. */
export type Answered = Pick<RequestFrame, 'requestId' | 'operation' | 'partition' | 'context'> & {
  /** Of the gateway that asked. */
  readonly gateway: string
  readonly outcome: string
  readonly tookMs: number
}

/** A gateway that is linked here and has told of itself. */
export type ToldGateway = {
  readonly report: GatewayReport | undefined
  ask(ask: { readonly kind: 'report' | 'drain' }): void
}

export type OperatorDeskPorts = {
  readonly partitionCount: number
  readonly membership: Membership
  readonly log: Log
  gateways(): ReadonlyMap<string, ToldGateway>
  report(): Promise<ShardReport>
  /** Looks at the others, and acts on what is new. */
  look(): Promise<void>
  /** Ends this process in good order. */
  end(reason: string): void
}

export class OperatorDesk {
  readonly #ports: OperatorDeskPorts

  constructor(ports: OperatorDeskPorts) {
    this.#ports = ports
  }

  /** What the gateways have told last. */
  gatewayReports(): GatewayReport[] {
    return [...this.#ports.gateways().values()].flatMap(({ report }) => report ?? [])
  }

  async answer(ask: OperatorAsk): Promise<OperatorAnswer> {
    if (ask.kind === 'observe') {
      // Whoever looks comes again in a second: the others have told of themselves by then.
      for (const gateway of this.#ports.gateways().values()) gateway.ask({ kind: 'report' })
      return { report: await this.#ports.report() }
    }
    const { kind, ...asked } = ask
    this.#ports.log.warn({ ask: kind, ...asked }, 'an operator asks')
    return ask.kind === 'drain' ? this.#drain(ask.process) : await this.#move(ask)
  }

  #drain(name: string): OperatorAnswer {
    const { membership, end } = this.#ports
    if (name === membership.name) {
      end('an operator asked for it')
      return { done: true }
    }
    const gateway = this.#ports.gateways().get(name)
    if (gateway === undefined) return { refused: `${name} is not linked to ${membership.name}.` }
    gateway.ask({ kind: 'drain' })
    return { done: true }
  }

  async #move({ partition, to }: Extract<OperatorAsk, { kind: 'move' }>): Promise<OperatorAnswer> {
    const { partitionCount, membership, look } = this.#ports
    if (partition < 0 || partition >= partitionCount) {
      return { refused: `There are partitions 0 to ${partitionCount - 1} only.` }
    }
    const member = membership.member(to)
    if (to !== '' && member === undefined) return { refused: `No shard called ${to} is there.` }
    if (member?.state === 'leaving') return { refused: `${to} is about to go.` }
    // A release that knows no such words would move the partition back.
    const old = membership.view.members.find(({ isLive, pins }) => isLive && pins === undefined)
    if (old !== undefined) return { refused: `${old.name} runs a release that cannot do this.` }
    membership.pins.pin(partition, to)
    await look()
    return { done: true }
  }
}
