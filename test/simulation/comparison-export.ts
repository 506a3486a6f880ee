// The comparison of an export: every section of it has what the model says, and the sections come in their order.

import { expect } from 'vitest'
import type { Answer } from '../../protocol/operation.ts'
import type { accountExport, ExportSection } from '../../protocol/operations/account-export.ts'
import { exportSections } from '../../protocol/operations/account-export.ts'
import { mediaFile } from './comparison-operators.ts'
import type { Model, ModelUser } from './model.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

type World = {
  readonly cluster: Pick<SimulatedCluster, 'call' | 'settle'>
  readonly model: Model
}
type Page = Answer<typeof accountExport>

/** All that is kept of one user, once everything has arrived. */
export async function compareExport(user: ModelUser, world: World): Promise<void> {
  const { cluster, model } = world
  await cluster.settle()
  const found: Record<string, unknown[]> = {}
  let cursor: string | undefined
  do {
    const params = cursor === undefined ? {} : { cursor }
    const answer = await cluster.call('account.export', params, { actor: user.id })
    if ('error' in answer) throw new Error(`export: ${answer.error.message}`)
    const { section, next } = answer.result
    found[section] = [...(found[section] ?? []), ...entriesOf(answer.result, model)]
    cursor = next
  } while (cursor !== undefined)
  expect(Object.keys(found), 'all sections').toEqual([...exportSections])
  const expected = expectedOf(user, model)
  for (const section of exportSections) {
    expect(found[section], `export: ${section}`).toEqual(expected[section])
  }
}

/** What is compared of a page. */
function entriesOf(page: Page, model: Model): unknown[] {
  const { account, tweets = [], ids = [], lists = [], moments = [], promotions = [] } = page
  const isThere = (id: number) => model.collections.all.some((made) => made.id === id)
  return [
    ...(account === undefined ? [] : [accountOf(account)]),
    ...tweets.map(({ id }) => id),
    // A mark of a list or moment that is no more says nothing.
    ...(page.section.startsWith('followed') ? ids.filter(isThere) : ids),
    ...lists.map(({ list: { id, name: title }, userIds: items }) => ({ id, title, items })),
    ...moments.map(({ moment: { id, title }, tweetIds: items }) => ({ id, title, items })),
    ...promotions.map(({ id }) => id),
  ]
}

function accountOf({ user, mutedWords, unattachedMedia }: NonNullable<Page['account']>) {
  const { id, handle, name, counts } = user
  const files = unattachedMedia.map((medium) => medium.id)
  return { id, handle, name, counts, words: [...mutedWords].sort(), files: files.sort() }
}

function expectedOf(
  { id, handle, name }: ModelUser,
  model: Model,
): Record<ExportSection, unknown[]> {
  const { privacy, collections } = model
  const own = <T>(pairs: readonly (readonly [number, T])[]): T[] =>
    pairs.filter(([user]) => user === id).map(([, what]) => what)
  const followed = (kind: 'list' | 'moment') =>
    own(collections.follows).filter((one) =>
      collections.all.some((made) => made.id === one && made.kind === kind),
    )
  const owned = (kind: 'list' | 'moment') =>
    collections.all
      .filter((made) => made.owner === id && made.kind === kind)
      .sort((left, right) => right.id - left.id)
  const words = own(privacy.words).sort()
  const files = [...new Set(own(model.uploads))].map(mediaFile).sort()
  return {
    account: [{ id, handle, name, counts: model.userCounts(id), words, files }],
    tweets: model.profile(id).map((tweet) => tweet.id),
    following: model.following(id),
    favorites: newestFirst(own(model.favorites)),
    bookmarks: newestFirst(own(model.bookmarks)),
    blocks: newestFirst(own(privacy.blocks)),
    mutes: newestFirst(own(privacy.mutes)),
    mutedThreads: newestFirst(own(privacy.threads)),
    followedLists: newestFirst(followed('list')),
    followedMoments: newestFirst(followed('moment')),
    lists: owned('list').map((list) => ({ ...titled(list), items: ascending(list.items) })),
    moments: owned('moment').map((moment) => ({ ...titled(moment), items: moment.items })),
    promotions: newestFirst(own(model.operators.promotions)),
  }
}

function titled({ id, title }: { readonly id: number; readonly title: string }) {
  return { id, title }
}

function newestFirst(ids: readonly number[]): number[] {
  return ascending(ids).reverse()
}

function ascending(ids: readonly number[]): number[] {
  return [...ids].sort((left, right) => left - right)
}
