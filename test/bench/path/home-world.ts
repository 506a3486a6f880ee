// The world of the measures of reading: a Rookery with users who have full pages, what it answers to some of them,
// and the same for the servers that it is compared with.
//
// Whoever reads gets their own answer from every server: the bare one has the bytes of each, the lists in Redis hold
// the same tweets.

import { request } from 'node:http'
import { forEachBounded } from '../../../loadtest/std/bounded.ts'
import { closing } from '../../../loadtest/std/closing.ts'
import { pack, unpack } from '../../../protocol/frame.ts'
import {
  type RedisTimeline,
  startBare,
  startRedisTimeline,
  startRelay,
  startTwoBare,
} from './baselines.ts'
import type { Sizes } from './measure.ts'
import type { Server } from './program.ts'
import { frameOf, RawSocket } from './raw-socket.ts'
import { homePayload, idBytes } from './requests.ts'
import { Rookery, type User } from './rookery.ts'

export const pageLength = 20
const followsEach = 50
const tweetsEach = 5
const postingSockets = 16
export const homePath = `/v1/timelines/home?limit=${pageLength}`
export const subprotocol = 'rookery.v1.msgpack'

/** What a reader is answered. */
type Page = { readonly headers: readonly string[]; readonly body: string }

type Home = {
  readonly tweets: readonly { readonly id: number; readonly authorId: number }[]
  readonly users: readonly { readonly id: number }[]
}

/** A Rookery with those of its users who read. */
export type ReadRookery = {
  readonly rookery: Rookery
  readonly readers: readonly User[]
  /** Of the result of each reader. */
  readonly resultBytes: readonly number[]
}

export class HomeWorld implements AsyncDisposable {
  /** As `npm start` begins; with several gateways; and the latter without page caches. */
  readonly ours: readonly ReadRookery[]
  readonly bare: Server
  readonly twoBare: Server
  readonly relay: Server
  readonly redisTimeline: RedisTimeline
  /** Of the result of each reader. */
  readonly resultBytes: readonly number[]
  readonly pageBytes: number
  /** Of A's results: it has a shorter position. */
  readonly listResultBytes: readonly number[]
  readonly #started: readonly AsyncDisposable[]

  private constructor(
    own: Omit<HomeWorld, typeof Symbol.asyncDispose>,
    started: readonly AsyncDisposable[],
  ) {
    this.ours = own.ours
    this.bare = own.bare
    this.twoBare = own.twoBare
    this.relay = own.relay
    this.redisTimeline = own.redisTimeline
    this.resultBytes = own.resultBytes
    this.listResultBytes = own.listResultBytes
    this.pageBytes = own.pageBytes
    this.#started = started
  }

  static async make(sizes: Sizes): Promise<HomeWorld> {
    const started: AsyncDisposable[] = []
    const starting = async <T extends AsyncDisposable>(start: Promise<T>): Promise<T> => {
      const one = await start
      started.unshift(one)
      return one
    }
    const { shards, gateways } = sizes
    const kinds = [{}, { gateways }, { gateways, hasPageCache: false }]
    try {
      const ours: ReadRookery[] = []
      for (const kind of kinds) {
        const rookery = await starting(Rookery.start({ log: 'embedded', shards, ...kind }))
        ours.push(await withReaders(rookery, sizes))
      }
      const [{ rookery, readers }] = ours as [ReadRookery]
      const results = await readWholePages(rookery, readers)
      const pages = await Promise.all(readers.map((user) => readPage(rookery.port, user)))
      const bare = await starting(startBare({ results, pages }))
      const twoBare = await starting(startTwoBare({ results, pages }))
      const relay = await starting(startRelay({ results }))
      const redisTimeline = await starting(startRedisTimeline({}))
      await fillLists(redisTimeline, results)
      const lists = readers.map((_, user) => readListResult(redisTimeline.port, user))
      const own = {
        ours,
        bare,
        twoBare,
        relay,
        redisTimeline,
        resultBytes: results.map(({ length }) => length),
        listResultBytes: (await Promise.all(lists)).map(({ length }) => length),
        pageBytes: pages.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0) / pages.length,
      }
      return new HomeWorld(own, started)
    } catch (error) {
      for (const one of started) await one[Symbol.asyncDispose]()
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.#started) await one[Symbol.asyncDispose]()
  }
}

/** Fills it, and chooses who of its users read. */
async function withReaders(rookery: Rookery, { users, sockets }: Sizes): Promise<ReadRookery> {
  const readers = (await populateHomes(rookery, users)).slice(-sockets)
  const results = await readWholePages(rookery, readers)
  return { rookery, readers, resultBytes: results.map(({ length }) => length) }
}

/** Brings users in who follow and write enough for a full page of everybody. */
export async function populateHomes(rookery: Rookery, count: number): Promise<readonly User[]> {
  const users = await rookery.populate(count, (user) => followeesOf(user, count))
  await writeTweets(rookery, users.slice(0, Math.ceil(users.length / 4)))
  return users
}

/** Spread over the authors, a quarter of all, with the same steps for everybody. */
function followeesOf(user: number, count: number): number[] {
  const authors = Math.ceil(count / 4)
  const each = Math.min(followsEach, authors - 1)
  return Array.from({ length: each }, (_, place) => (user * 7 + place * 3 + 1) % authors)
}

async function writeTweets(rookery: Rookery, authors: readonly User[]): Promise<void> {
  await forEachBounded(authors, postingSockets, async (author) => {
    await closing(await rookery.client(author), async (client) => {
      for (let tweet = 0; tweet < tweetsEach; tweet++) {
        const text = `${author.handle} has seen ${tweet + 1} herons at the weir today, and says so at some length`
        await client.call('tweet.post', { text })
      }
    })
  })
}

/** The bytes of one result, as they come. */
export async function readResult(port: number, user: User): Promise<Buffer> {
  return await readOnce({ port, path: '/v1/live', token: user.token, subprotocol })
}

async function readWholePages({ port }: Rookery, readers: readonly User[]): Promise<Buffer[]> {
  return await Promise.all(readers.map(async (user) => checkWhole(await readResult(port, user))))
}

async function readListResult(port: number, user: number): Promise<Buffer> {
  return checkWhole(await readOnce({ port, path: `/live?user=${user}` }))
}

function checkWhole(result: Buffer): Buffer {
  const { tweets } = unpack(result) as Home
  if (tweets.length !== pageLength) throw new Error(`a page has ${tweets.length} tweets`)
  return result
}

async function readOnce(to: {
  port: number
  path: string
  token?: string
  subprotocol?: string
}): Promise<Buffer> {
  const answered = Promise.withResolvers<Buffer>()
  const socket = await RawSocket.open({
    ...to,
    onFrame: (bytes, start, end) => {
      answered.resolve(Buffer.from(bytes.subarray(start + 1 + idBytes, end)))
    },
    onLost: (why) => answered.reject(new Error(why)),
  })
  socket.send(frameOf(homePayload(pageLength), 'binary'))
  const result = await answered.promise
  socket.close()
  return result
}

/** What the native layer writes by itself. */
const ownHeaders = new Set(['content-length', 'date', 'uwebsockets', 'connection', 'keep-alive'])

async function readPage(port: number, user: User): Promise<Page> {
  return await new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${user.token}` }
    const asked = request({ port, path: homePath, headers, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      response.once('end', () => {
        if (response.statusCode !== 200) reject(new Error(`${response.statusCode}: ${body}`))
        else resolve({ headers: keptHeaders(response.rawHeaders), body })
      })
    })
    asked.once('error', reject).end()
  })
}

function keptHeaders(raw: readonly string[]): string[] {
  return raw.filter((_, place) => !ownHeaders.has(raw[place - (place % 2)]!.toLowerCase()))
}

/** The tweets and authors of the answers, and a list for each reader, which are users 0, 1, … there. */
async function fillLists({ redis }: RedisTimeline, results: readonly Buffer[]): Promise<void> {
  const client = redis.client()
  for (const [reader, result] of results.entries()) {
    const { tweets, users } = unpack(result) as Home
    const pipeline = client.pipeline()
    for (const user of users) pipeline.set(`user:${user.id}`, pack(user))
    for (const tweet of tweets) pipeline.set(`tweet:${tweet.id}`, pack(tweet))
    const entries = tweets.map(({ id, authorId }) => `${id}:${authorId}`)
    pipeline.rpush(`timeline:${reader}`, ...entries)
    await pipeline.exec()
  }
  client.disconnect()
}
