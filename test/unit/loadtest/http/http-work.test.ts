// Which answers an HTTP run takes for right.

import { describe, expect, test } from 'vitest'
import type { Answered } from '../../../../loadtest/http/autocannon.ts'
import type { HttpShot } from '../../../../loadtest/http/http-work.ts'
import { HttpWork } from '../../../../loadtest/http/http-work.ts'
import type { RequestKind } from '../../../../loadtest/http/mix.ts'
import type { KnownUser } from '../../../../loadtest/oracle/oracle.ts'

const time = '2026-11-21T10:00:00.000Z'

function userOf(id: number): KnownUser {
  const person = { id, handle: `u${id}`, name: `User ${id}`, createdAt: 0, token: `token ${id}` }
  return { ...person, follows: new Set(), followers: new Set(), tweets: [] }
}

const users = [userOf(1), userOf(2)]

function workOf(options: { readonly checkEvery?: number } = {}): HttpWork {
  return new HttpWork({ users, seed: 's', run: 'r', limit: 3, checkEvery: 1, ...options })
}

function tweet(id: number, { authorId = 1, text = 'a text' } = {}) {
  return {
    id: String(id),
    authorId: String(authorId),
    text,
    createdAt: time,
    entities: { mentions: [], hashtags: [], urls: [] },
    counts: { favorites: 0, retweets: 0, replies: 0 },
  }
}

function user(id: number, { handle = `u${id}`, following = true } = {}) {
  return {
    id: String(id),
    handle,
    name: 'A name',
    bio: '',
    createdAt: time,
    protected: false,
    counts: { tweets: 0, followers: 0, following: 0 },
    viewer: { following, followedBy: false, requested: false, muting: false, blocking: false },
  }
}

function page(tweets: readonly ReturnType<typeof tweet>[], authors = [1]) {
  return { tweets, users: authors.map((id) => user(id)), position: 'k3x9:1' }
}

function complaintOf(work: HttpWork, shot: HttpShot, answer: { status?: number; body: unknown }) {
  const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body)
  const answered: Answered<HttpShot> = {
    shot,
    status: answer.status ?? shot.operation.http?.status ?? 200,
    body,
    bytes: body.length,
    us: 1,
  }
  return work.check(answered)
}

/** What is said about a body that comes with the right status. */
function said(kind: RequestKind, body: unknown): string | undefined {
  const work = workOf()
  return complaintOf(work, work.shot(kind), { body })
}

describe('a home timeline', () => {
  test('is right as it should be, also where it is empty', () => {
    expect(said('home', page([tweet(9), tweet(5)]))).toBeUndefined()
    expect(said('home', page([], []))).toBeUndefined()
  })

  test.each([
    ['is not sorted from new to old', page([tweet(5), tweet(9)])],
    ['is not sorted from new to old', page([tweet(5), tweet(5)])],
    ['lacks an author', page([tweet(5, { authorId: 2 })])],
    ['holds an author twice', page([tweet(5)], [1, 1])],
    ['holds more tweets than were asked for', page([9, 8, 7, 6].map((id) => tweet(id)))],
    ['has position, which is missing', { tweets: [], users: [] }],
    ['has surprise, which is not a known field', { ...page([]), surprise: 1 }],
    [
      'has tweets[0].id, which must be an id: a decimal string',
      page([{ ...tweet(1), id: 1 } as never]),
    ],
    ['is no JSON', '<html>'],
  ])('%s: that is an error', (problem, body) => {
    expect(said('home', body)).toBe(`home ${problem}`)
  })
})

test('a profile shows tweets of one user only', () => {
  const work = workOf()
  const shot = work.shot('profile')
  const id = Number(/users\/(\d+)\//.exec(shot.path)?.[1])
  const of = (authorId: number) => {
    const { position: _, ...body } = page([tweet(5, { authorId })], [authorId])
    return complaintOf(work, shot, { body })
  }
  expect(of(id)).toBeUndefined()
  expect(of(3 - id)).toBe('profile shows tweets of somebody else')
})

test('a post gives back its own text, and is counted by author on both ways', () => {
  const posted: number[] = []
  const work = new HttpWork({
    users,
    seed: 's',
    run: 'r',
    limit: 3,
    checkEvery: 1,
    onPosted: ({ id }) => posted.push(id),
  })
  const shot = work.shot('post')
  const { text } = JSON.parse(shot.body ?? '') as { text: string }
  const own = { tweet: tweet(5, { authorId: shot.user.id, text }) }
  expect(shot.renew?.().headers).not.toEqual(shot.renew?.().headers)
  expect(complaintOf(work, shot, { body: own })).toBeUndefined()
  const other = { tweet: tweet(6, { authorId: shot.user.id, text: `${text}!` }) }
  expect(complaintOf(work, shot, { body: other })).toBe('post gave back another tweet')
  expect(posted).toEqual([5])
  expect(work.posts.get(shot.user)).toEqual({ sent: 2, acknowledged: 2 })
})

test('a follow gives back the one who is followed, and nobody follows themselves', () => {
  const work = workOf()
  for (let time = 0; time < 20; time++) {
    const shot = work.shot('follow')
    const id = Number(/users\/(\d+)\//.exec(shot.path)?.[1])
    expect(id).not.toBe(shot.user.id)
    expect(complaintOf(work, shot, { body: { user: user(id) } })).toBeUndefined()
    const body = { user: user(id, { following: false }) }
    expect(complaintOf(work, shot, { body })).toMatch(/did not give back/)
  }
})

test('every sign-up is of somebody new', () => {
  const { renew } = workOf().shot('sign-up')
  const handles = Array.from({ length: 50 }, () => {
    return (JSON.parse(renew?.().body ?? '') as { handle: string }).handle
  })
  expect(new Set(handles).size).toBe(50)
  for (const handle of handles) expect(handle).toMatch(/^\w{1,15}$/)
})

test('an answer of another status is an error that names status and code', () => {
  const work = workOf()
  const body = { code: 'rate_limited', retry: 'later' }
  expect(complaintOf(work, work.shot('home'), { status: 429, body })).toBe(
    'home answered 429 rate_limited',
  )
  expect(complaintOf(work, work.shot('post'), { status: 200, body: '' })).toBe('post answered 200')
  expect(work.posts.size).toBe(0)
})

test('bodies are checked one in so many, the first one always', () => {
  const work = workOf({ checkEvery: 10 })
  const shot = work.shot('home')
  const complaints = Array.from({ length: 30 }, () => complaintOf(work, shot, { body: 'no' }))
  expect(complaints.filter((complaint) => complaint !== undefined)).toHaveLength(3)
  expect(complaints[0]).toBe('home is no JSON')
  expect(work.checked).toBe(3)
})
