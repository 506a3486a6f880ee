// Lists, moments and the end of an account, on a running server of two shards: by the routes of HTTP, and with
// everything of somebody who has left gone from both.

import { describe, expect, test } from 'vitest'
import { exportSections } from '../../protocol/operations/account-export.ts'
import { eventually } from '../helpers/eventually.ts'
import { TestClient } from '../helpers/gateway-world.ts'
import type { Person } from '../helpers/people.ts'
import { follow, http, post, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'

const cluster = sharedCluster()
const within = { withinMs: 20_000 }

type Made = { readonly list: { readonly id: string }; readonly moment: { readonly id: string } }

async function people(): Promise<readonly [Person, Person, Person]> {
  const [ada, bob, cid] = await Promise.all([
    signUp(cluster(), 'shard-0'),
    signUp(cluster(), 'shard-1'),
    signUp(cluster(), 'shard-1'),
  ])
  return [ada!, bob!, cid!]
}

/** A request of somebody that has to succeed. */
async function done(person: Person, method: string, path: string, body?: object): Promise<unknown> {
  const given = method === 'PUT' || method === 'POST' ? { body: body ?? {} } : {}
  const answer = await http(cluster(), { method, path, token: person.token, ...given })
  expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300)
  return answer.body
}

describe('a list', () => {
  test('is made, filled, read and followed over HTTP, across shards', async () => {
    const [ada, bob, cid] = await people()
    const tweetId = await post(cluster(), bob, 'a member writes')
    const made = await done(ada, 'POST', '/v1/lists', { name: 'Chess' })
    const { id } = (made as Made).list
    await done(ada, 'PUT', `/v1/lists/${id}/members/${bob.id}`)
    // The shard that cid reads from may know of the list before it knows of the member.
    await eventually(async () => {
      const read = await done(cid, 'GET', `/v1/lists/${id}/tweets`)
      expect(read).toMatchObject({ tweets: [{ id: tweetId }], users: [{ id: bob.id }] })
      return true
    }, within)
    await done(cid, 'PUT', `/v1/lists/${id}/follow`)
    const followed = await done(cid, 'GET', '/v1/users/me/followed-lists')
    expect(followed).toMatchObject({ lists: [{ id, viewer: { following: true } }] })
    await done(ada, 'PUT', `/v1/lists/${id}`, { private: true })
    await eventually(async () => {
      const hidden = await http(cluster(), { path: `/v1/lists/${id}`, token: cid.token })
      return hidden.status === 404
    }, within)
  })
})

describe('an account that is deleted', () => {
  test('is gone for everybody, with all that it had made', async () => {
    const [ada, bob, cid] = await people()
    for (let count = 0; count < 150; count++) await post(cluster(), ada, `tweet ${count}`)
    const newest = await post(cluster(), ada, 'the last')
    await follow(cluster(), bob, ada)
    await follow(cluster(), ada, cid)
    await done(ada, 'PUT', `/v1/tweets/${await post(cluster(), cid, 'liked')}/favorite`)
    const { moment } = (await done(ada, 'POST', '/v1/moments', { title: 'Days' })) as Made
    await done(ada, 'PUT', `/v1/moments/${moment.id}/tweets/${newest}`)
    await done(ada, 'PUT', `/v1/moments/${moment.id}/publish`)
    const socket = await TestClient.open(cluster().liveUrl, { token: ada.token })
    const deletion = { method: 'POST', path: '/v1/users/me/delete', token: ada.token }
    const wrong = await http(cluster(), { ...deletion, body: { password: 'a guess' } })
    expect(wrong).toMatchObject({ status: 401, body: { code: 'wrong_credentials' } })
    const answer = await http(cluster(), { ...deletion, body: { password: ada.password } })
    expect(answer.status, answer.text).toBe(204)
    expect((await socket.untilClosed()).code).toBe(4010)
    expect((await http(cluster(), { path: '/v1/bookmarks', token: ada.token })).status).toBe(401)
    await eventually(async () => {
      for (const { token } of [bob, cid]) {
        for (const path of [
          `/v1/users/@${ada.handle}`,
          `/v1/tweets/${newest}`,
          `/v1/users/${ada.id}/tweets`,
          `/v1/moments/${moment.id}`,
        ]) {
          expect((await http(cluster(), { path, token })).status, path).toBe(404)
        }
      }
      const of = async ({ id, token }: Person) =>
        (await http(cluster(), { path: `/v1/users/${id}`, token })).body
      expect(await of(bob)).toMatchObject({ user: { counts: { following: 0 } } })
      expect(await of(cid)).toMatchObject({ user: { counts: { followers: 0 } } })
      return true
    }, within)
    const { handle, password } = ada
    const again = { method: 'POST', path: '/v1/users', body: { handle, name: 'Ada', password } }
    const taken = await http(cluster(), again)
    expect(taken).toMatchObject({ body: { code: 'handle_taken' } })
  })

  test('gives all of its data before', async () => {
    const [ada, bob] = await people()
    const tweetId = await post(cluster(), ada, 'mine')
    await follow(cluster(), ada, bob)
    const sections: string[] = []
    const texts: string[] = []
    for (let path = '/v1/users/me/export'; path !== ''; ) {
      const page = await http(cluster(), { path, token: ada.token })
      expect(page.status, page.text).toBe(200)
      const { section, next } = page.body as { section: string; next?: string }
      sections.push(section)
      texts.push(page.text)
      path = next === undefined ? '' : `/v1/users/me/export?cursor=${next}`
    }
    expect([...new Set(sections)]).toEqual(exportSections)
    for (const known of [ada.handle, tweetId, bob.id]) expect(texts.join('')).toContain(known)
  })
})
