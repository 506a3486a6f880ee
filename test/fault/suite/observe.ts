// Looks at a cluster from outside when the load has stopped: every page of every user, the whole log, and
// the digests of all processes that hold the same partition.

import { forEachBounded } from '../../../loadtest/std/bounded.ts'
import type { Tweet } from '../../../protocol/entities.ts'
import type { UserId } from '../../../protocol/ids.ts'
import { pageLimitMax } from '../../../protocol/limits.ts'
import { eventually } from '../../helpers/eventually.ts'
import { Caller } from './caller.ts'
import type { Deployment } from './deployment.ts'
import { keyOf } from './history.ts'
import { readLogs } from './log-reader.ts'
import type { Observation, SeenDigest, SeenTweet, SeenUser } from './observation.ts'
import type { Person } from './person.ts'

const atOnce = 8
const readWithinMs = 20_000

type Page = { readonly limit: number; readonly before?: number }

/** All but the epochs, which have to be watched while they change. */
export async function observe(
  deployment: Deployment,
  people: readonly Person[],
): Promise<Omit<Observation, 'epochs'>> {
  const { redis, cluster, partitionCount } = deployment
  return {
    users: await readUsers(people, deployment.url),
    logs: redis === undefined ? [] : await readLogs({ redis, cluster, partitionCount }),
    digests: await readDigests(deployment),
  }
}

/** Every page of each of them, in the order of the list. */
export async function readUsers(
  people: readonly Person[],
  url: () => string,
): Promise<Map<UserId, SeenUser>> {
  const users = new Map<UserId, SeenUser>()
  await forEachBounded(people, atOnce, async (person) => {
    users.set(person.id, await readUser(person, url))
  })
  return new Map(people.map(({ id }) => [id, users.get(id) as SeenUser]))
}

async function readUser({ id, token }: Person, url: () => string): Promise<SeenUser> {
  const caller = new Caller({ url, token })
  /** A read may fail while the cluster is still coming to rest. */
  const read = <T>(attempt: () => Promise<T>) => eventually(attempt, { withinMs: readWithinMs })
  try {
    const profile = await pages(async (page) => {
      const { tweets, olderCursor } = await read(() =>
        caller.call('timeline.user', { userId: id, ...page }),
      )
      return { items: tweets.map(seen), olderCursor }
    })
    const home = await pages(async (page) => {
      const { tweets, olderCursor } = await read(() => caller.call('timeline.home', page))
      return { items: tweets.map(seen), olderCursor }
    })
    const following = await pages(async (page) => {
      const { users, olderCursor } = await read(() =>
        caller.call('user.following', { userId: id, ...page }),
      )
      return { items: users.map((user) => user.id), olderCursor }
    })
    const { user } = await read(() => caller.call('user.get', { user: { id } }))
    return { id, profile, home, following, counts: user.counts }
  } finally {
    caller.close()
  }
}

async function pages<T>(
  read: (page: Page) => Promise<{ items: T[]; olderCursor: number | undefined }>,
): Promise<T[]> {
  const all: T[] = []
  let before: number | undefined
  do {
    const page = before === undefined ? {} : { before }
    const { items, olderCursor } = await read({ limit: pageLimitMax, ...page })
    all.push(...items)
    before = olderCursor
  } while (before !== undefined)
  return all
}

function seen({ id, authorId, text, counts }: Tweet): SeenTweet {
  return { id, authorId, key: keyOf(text), favorites: counts.favorites }
}

type DigestPage = {
  readonly position: Readonly<Record<string, string>>
  readonly digest: Readonly<Record<string, string>>
}

/** What each shard says of the state that it holds (`GET /digests`). */
async function readDigests({ shards }: Deployment): Promise<SeenDigest[]> {
  const pagesOf = [...shards.values()].map(async ({ name, process }): Promise<SeenDigest[]> => {
    const { status, text } = await process.admin('/digests')
    if (status !== 200) throw new Error(`${name} answers ${status} to /digests: ${text}`)
    const { position, digest } = JSON.parse(text) as DigestPage
    return Object.entries(digest).map(([partition, value]) => ({
      process: name,
      partition: Number(partition),
      position: position[partition] ?? 'nowhere',
      digest: value,
    }))
  })
  return (await Promise.all(pagesOf)).flat()
}
