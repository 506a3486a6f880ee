// What a measure of the whole path is, and the sizes that the command line gives.

import type { Row } from '../measure.ts'
import type { LogKind } from './rookery.ts'

export type Sizes = {
  readonly rounds: number
  /** Of one contestant in one round. */
  readonly seconds: number
  /** Shard processes; as many as `npm start` takes. */
  readonly shards: number
  /** Gateway processes, where several are measured beside the one that `npm start` takes. */
  readonly gateways: number
  /** Connections that ask or post. */
  readonly sockets: number
  /** Requests without an answer on each of them. */
  readonly inFlight: number
  /** Users who read, and who receive what is posted. */
  readonly users: number
  /** Users who post to very many. */
  readonly authors: number
  readonly followers: number
  /** Sockets that receive pushes. */
  readonly connected: number
  /** Sockets that do nothing. */
  readonly idle: number
  /** Between two looks at the memory of a process, which goes on to fall. */
  readonly settleMs: number
  readonly logs: readonly LogKind[]
}

export type Measure = {
  readonly name: string
  readonly about: string
  /** The heading of its part of the results. */
  readonly title: string
  run(sizes: Sizes): Promise<readonly Row[]>
}
