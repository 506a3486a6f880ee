// The comparison of what operators can read: reports, the audit log, files that nobody shows; and that the
// cluster has nothing left to do of what it asks itself.

import { expect } from 'vitest'
import type { UserId } from '../../protocol/ids.ts'
import { partitionOfId } from '../../protocol/ids.ts'
import { mediaUnattachedMax } from '../../protocol/limits.ts'
import { mediaIdOf } from '../../protocol/media.ts'
import type { Model } from './model.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

type World = { readonly cluster: Pick<SimulatedCluster, 'call' | 'random'>; readonly model: Model }
type Page = { readonly limit: number; readonly before?: number }
type Record = { readonly id: number; readonly createdAt: number; readonly userId: number }
type Users = readonly { readonly id: number }[]

/** Numbers of all photos that anybody uploads: so few that many are uploaded by several, and shown again. */
export const photoNumbers = [0, 1, 2, 3] as const

export function mediaFile(number: number): string {
  return mediaIdOf(Buffer.alloc(32, number), 'jpg')
}

/** Of some partition, once everything has arrived. */
export async function compareOperators(world: World): Promise<void> {
  const { cluster, model } = world
  const { users, operators, gone } = model
  const someone = chosen([...users.map(({ id }) => id), ...gone], world)!
  const partition = partitionOfId(someone)
  const isHere = (id: number): boolean => partitionOfId(id) === partition
  const reports = await readAll(world, async (page) => {
    const answer = await cluster.call('reports.list', { partition, ...page })
    return 'error' in answer ? answer : { ...answer.result, records: answer.result.reports }
  })
  expect(reports, 'reports').toEqual(
    operators.reports.filter(({ reporterId }) => isHere(reporterId)).reverse(),
  )
  const actions = await readAll(world, async (page) => {
    const answer = await cluster.call('audit.list', { partition, ...page })
    return 'error' in answer ? answer : { ...answer.result, records: answer.result.actions }
  })
  expect(actions, 'audit log').toEqual(
    operators.actions.filter(({ userId }) => isHere(userId)).reverse(),
  )
  await compareFiles(partition, world)
  await compareUndone(world)
}

function chosen<T>(list: readonly T[], { cluster }: World): T | undefined {
  return list[Math.floor(cluster.random() * list.length)]
}

/** All pages, in pages of random size: everything but ids and times. Each comes with those whom it is about. */
async function readAll(
  { cluster, model }: World,
  readPage: (
    page: Page,
  ) => Promise<
    { records: readonly Record[]; users: Users; olderCursor?: number } | { error: object }
  >,
): Promise<unknown[]> {
  const found: unknown[] = []
  let before: number | undefined
  do {
    const limit = 1 + Math.floor(cluster.random() * 8)
    const answer = await readPage({ limit, ...(before === undefined ? {} : { before }) })
    if ('error' in answer) throw new Error('operators cannot read', { cause: answer.error })
    const known = answer.users.map((user) => user.id)
    for (const { id, createdAt, ...said } of answer.records) {
      const isThere = model.users.some((user) => user.id === said.userId)
      expect(known.includes(said.userId), 'who is there is told with it').toBe(isThere)
      found.push(said)
    }
    before = answer.olderCursor
  } while (before !== undefined)
  return found
}

async function compareFiles(partition: number, { cluster, model }: World): Promise<void> {
  const mediaIds = photoNumbers.map(mediaFile)
  const isShown = (id: string) =>
    model.tweets.some(({ photos = [], isDeleted }) => photos.includes(id) && !isDeleted)
  const answer = await cluster.call('media.unused', { partition, mediaIds })
  expect(answer, 'unused files').toEqual({
    result: { unused: mediaIds.filter((id) => !isShown(id)) },
  })
  const { id: userId } = chosen(model.users, { cluster, model })!
  const own = new Set(model.uploads.flatMap(([owner, photo]) => (owner === userId ? [photo] : [])))
  const room = await cluster.call('media.room', { userId: userId as UserId })
  expect(room, 'room for files').toEqual({ result: { left: mediaUnattachedMax - own.size } })
}

/** What a shard asks itself after a block, an answer to a request or a deletion has been done long since. */
async function compareUndone(world: World): Promise<void> {
  const { cluster, model } = world
  const [follower, followee] = [chosen(model.users, world)!, chosen(model.users, world)!]
  const pair = { followerId: follower.id as UserId, followeeId: followee.id as UserId }
  const nothing = { result: { changed: false } }
  expect(await cluster.call('follow.settle', pair), 'settled').toEqual(nothing)
  const userId = chosen([...model.gone, follower.id], world)! as UserId
  const erased = await cluster.call('account.erase', { userId, isFirst: false })
  expect(erased, 'I5: erased').toEqual(nothing)
}
