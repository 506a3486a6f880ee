// The people of a swarm: imported with a password that all share, and signed in.
//
// An import makes 10,000 users and their follows in well under a second, where signing up would hash as
// many passwords. To sign in still takes one check of the password each; on a cluster of the run's
// own that is the cheap kind (ROOKERY_PASSWORD_COST=weak).

import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { ErrorBody } from '../../protocol/errors.ts'
import { OperatorClient } from '../client/operator.ts'
import type { Target } from '../cluster/cluster.ts'
import type { Edges, EdgeWindow } from '../import/edges.ts'
import { Importer } from '../import/importer.ts'
import { UsageError } from '../options.ts'
import type { Report } from '../report/report.ts'
import { forEachBounded } from '../std/bounded.ts'
import type { Audience } from './ledger.ts'

const signInsAtOnce = 128
const importsInFlight = 4
const signInTriesMax = 50
/** Where the server does not say how long to wait. */
const retryPauseMs = 200

export type People = {
  /** Of the clients: the first nodes of the graph. */
  readonly tokens: readonly string[]
  readonly userIds: readonly number[]
  readonly audience: Audience
  readonly follows: number
}

export type PeopleOptions = {
  readonly target: Target
  /** Nodes are numbered from 0 on, and each follows somebody. */
  readonly edges: Edges
  /** How many of the first nodes are clients, who sign in. */
  readonly clients: number
  readonly report: Report
}

/** Throws UsageError without an operator's door, and CallFailure or Error where the server refuses. */
export async function gatherPeople(options: PeopleOptions): Promise<People> {
  const { target, edges, clients, report } = options
  if (target.operator === undefined) {
    throw new UsageError(
      '--url needs --admin ADDRESS, and ROOKERY_OPERATOR_TOKEN in the environment',
    )
  }
  const follows = new FollowerLists(clients)
  const client = new OperatorClient(target.operator)
  // On a server that is not ours an earlier run may have taken the handles.
  const prefix = `s${Date.now().toString(36).slice(-6)}`
  const password = randomBytes(12).toString('base64url')
  const progress = report.progress('follows', edges.estimate)
  const importer = new Importer({
    client,
    partitionCount: await client.partitionCount(),
    prefix,
    password,
    inFlight: importsInFlight,
    onFollows: (count) => progress.add(count),
  })
  const { nodes, follows: count } = await importer.run(follows.noting(edges))
  progress.end()
  const tokens = await signInAll({ target, clients, report, password, prefix })
  const userIds = Array.from({ length: clients }, (_, node) => nodes.userIds[nodes.indexOf(node)]!)
  return { tokens, userIds, audience: follows, follows: count }
}

type SignIns = {
  readonly target: Target
  readonly clients: number
  readonly report: Report
  readonly password: string
  readonly prefix: string
}

async function signInAll(options: SignIns): Promise<string[]> {
  const { target, clients, report, password, prefix } = options
  const url = new URL('/v1/sessions', target.url.replace(/^ws/, 'http'))
  const tokens = new Array<string>(clients)
  const progress = report.progress('sign-ins', clients)
  await forEachBounded(tokens.keys(), signInsAtOnce, async (node) => {
    tokens[node] = await signIn(url, { handle: `${prefix}${node}`, password })
    progress.add()
  })
  progress.end()
  return tokens
}

/** Nothing is measured yet: a server that is busy is asked again, as often as it says so. */
async function signIn(
  url: URL,
  credentials: { readonly handle: string; readonly password: string },
): Promise<string> {
  for (let tries = 1; ; tries++) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(credentials),
    })
    const body = (await response.json()) as { token: string } & Partial<ErrorBody>
    if (response.status === 201) return body.token
    if (body.retry === 'never' || tries === signInTriesMax) {
      throw new Error(`a sign-in was answered with ${response.status}: ${JSON.stringify(body)}`)
    }
    await delay(body.retryAfterMs ?? retryPauseMs)
  }
}

/** Who of the clients follows whom: what the ledger compares with. */
export class FollowerLists implements Audience {
  readonly #clients: number
  readonly #lists = new Map<number, number[]>()
  readonly #sorted = new Map<number, Uint32Array>()

  constructor(clients: number) {
    this.#clients = clients
  }

  /** The same edges, noted as they pass. */
  noting(edges: Edges): Edges {
    return { estimate: edges.estimate, windows: this.#passing(edges) }
  }

  async *#passing({ windows }: Edges): AsyncIterable<EdgeWindow> {
    for await (const window of windows) {
      for (let edge = 0; edge < window.count; edge++) {
        this.add(window.from[edge]!, window.to[edge]!)
      }
      yield window
    }
  }

  /** Notes that a node follows another one. */
  add(follower: number, followee: number): void {
    if (follower >= this.#clients || follower === followee) return
    const list = this.#lists.get(followee)
    if (list === undefined) this.#lists.set(followee, [follower])
    else list.push(follower)
  }

  /** The clients who follow an author, and the author if it is one of them: each once, sorted. */
  recipientsOf(author: number): Uint32Array {
    let sorted = this.#sorted.get(author)
    if (sorted === undefined) {
      const all = new Set(this.#lists.get(author))
      if (author < this.#clients) all.add(author)
      sorted = Uint32Array.from(all).sort()
      this.#sorted.set(author, sorted)
    }
    return sorted
  }
}
