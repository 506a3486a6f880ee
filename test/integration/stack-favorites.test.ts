// The favorites of one user as others read them, through the whole server: the page comes from one shard, and what its
// reader has to do with each tweet from another.

import { expect, test } from 'vitest'
import { TestClient } from '../helpers/gateway-world.ts'
import { http, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'

const cluster = sharedCluster()
const noMark = { favorited: false, retweeted: false, bookmarked: false }

test('tell a signed-in reader what they have to do with each, wherever the two live; a stranger nothing', async () => {
  const owner = await signUp(cluster(), 'shard-0')
  const near = await signUp(cluster(), 'shard-0')
  const far = await signUp(cluster(), 'shard-1')
  const ids: string[] = []
  for (const text of ['one', 'two']) {
    const posted = await http(cluster(), {
      method: 'POST',
      path: '/v1/tweets',
      token: owner.token,
      body: { text },
    })
    ids.unshift((posted.body as { tweet: { id: string } }).tweet.id)
  }
  const mark = (token: string, id: string, what: string) =>
    http(cluster(), { method: 'PUT', path: `/v1/tweets/${id}/${what}`, token })
  for (const id of ids.toReversed()) await mark(owner.token, id, 'favorite')
  for (const { token } of [near, far]) {
    await mark(token, ids[0]!, 'favorite')
    await mark(token, ids[1]!, 'bookmark')
  }
  const path = `/v1/users/${owner.id}/favorites`
  const viewers = async (token?: string) => {
    const { body } = await http(cluster(), { path, ...(token === undefined ? {} : { token }) })
    const { tweets } = body as { tweets: readonly { id: string; viewer?: object }[] }
    expect(tweets.map(({ id }) => id)).toEqual(ids)
    return tweets.map(({ viewer }) => viewer)
  }
  const expected = [
    { ...noMark, favorited: true },
    { ...noMark, bookmarked: true },
  ]
  for (const { token } of [near, far]) expect(await viewers(token)).toEqual(expected)
  expect(await viewers(owner.token)).toEqual(ids.map(() => ({ ...noMark, favorited: true })))
  expect(await viewers()).toEqual([undefined, undefined])
  const client = await TestClient.open(cluster().liveUrl, { token: far.token })
  const [, page] = await client.request('favorites.list', { userId: Number(owner.id) })
  expect(page).toMatchObject({ tweets: expected.map((viewer) => ({ viewer })) })
  client.close()
})
