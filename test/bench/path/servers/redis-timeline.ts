// Alternative A: the usual timeline on Redis, made as well as it can be made.
//
//   post   SET tweet; for each follower LPUSH + LTRIM of a list of 800, all in one pipeline
//   read   LRANGE of the list, then one MGET of tweets and authors
//
// A list entry is `tweetId:authorId`, so that a page takes two round trips and not three; tweets and authors are kept
// encoded, so that a page is a matter of copying; who follows whom is known in this process. The usual one does less.

import { Redis } from 'ioredis'
import { pack, unpack } from '../../../../protocol/frame.ts'
import { timelineLengthMax } from '../../../../protocol/limits.ts'
import { MessagePackWriter } from '../../../../protocol/message-pack.ts'
import { listen, makeApp, type WebSocket } from '../../../../server/listener.ts'
import { readTold, ready } from './told.ts'

type SocketData = { readonly user: number; isOpen: boolean }
type Request = readonly [id: number, operation: string, params: { limit?: number; text?: string }]

const told = readTold()
const redis = new Redis(told.redisPort!, '127.0.0.1', { enableAutoPipelining: true })
const writer = new MessagePackWriter(64 * 1024)
/** Ids of tweets: from here on up. */
let lastTweetId = Date.now() * 1_000

async function home(user: number, limit: number): Promise<(id: number) => Buffer> {
  const entries = await redis.lrange(`timeline:${user}`, 0, limit - 1)
  const tweets = entries.map((entry) => `tweet:${entry.slice(0, entry.indexOf(':'))}`)
  const authors = [
    ...new Set(entries.map((entry) => `user:${entry.slice(entry.indexOf(':') + 1)}`)),
  ]
  const found = await redis.mgetBuffer(...tweets, ...authors)
  const olderCursor = entries.length < limit ? null : Number.parseInt(entries.at(-1)!, 10)
  return (id) => {
    writer.reset()
    writer.array(2)
    writer.integer(id)
    writer.map(4)
    writer.text('tweets')
    writeAll(found.slice(0, tweets.length))
    writer.text('users')
    writeAll(found.slice(tweets.length))
    writer.text('olderCursor')
    if (olderCursor === null) writer.nil()
    else writer.integer(olderCursor)
    writer.text('position')
    writer.text('0:0')
    return writer.view()
  }
}

function writeAll(values: readonly (Buffer | null)[]): void {
  const found = values.filter((value) => value !== null)
  writer.array(found.length)
  for (const value of found) writer.raw(value)
}

async function post(author: number, text: string): Promise<(id: number) => Buffer> {
  const tweetId = ++lastTweetId
  const tweet = {
    id: tweetId,
    authorId: author,
    text,
    createdAt: Date.now(),
    entities: { mentions: [], hashtags: [], urls: [] },
    counts: { favorites: 0, retweets: 0, replies: 0 },
  }
  const pipeline = redis.pipeline()
  pipeline.set(`tweet:${tweetId}`, pack(tweet))
  const entry = `${tweetId}:${author}`
  for (const follower of told.followers![author]!) {
    pipeline.lpush(`timeline:${follower}`, entry)
    pipeline.ltrim(`timeline:${follower}`, 0, timelineLengthMax - 1)
  }
  const answers = await pipeline.exec()
  const failed = answers?.find(([error]) => error !== null)
  if (failed?.[0]) throw failed[0]
  return (id) => pack([id, { tweet }])
}

async function answer(socket: WebSocket<SocketData>, request: Request): Promise<void> {
  const data = socket.getUserData()
  const [id, operation, params] = request
  const work =
    operation === 'tweet.post' ? post(data.user, params.text!) : home(data.user, params.limit!)
  const frame = await work
  if (data.isOpen) socket.send(frame(id), true)
}

const app = makeApp()
app.ws<SocketData>('/live', {
  maxBackpressure: 64 * 1024 * 1024,
  idleTimeout: 60,
  upgrade: (response, request, context) => {
    const data: SocketData = { user: Number(request.getQuery('user')), isOpen: true }
    const header = (name: string) => request.getHeader(`sec-websocket-${name}`)
    response.upgrade(data, header('key'), header('protocol'), header('extensions'), context)
  },
  message: (socket, message) => {
    const frame = unpack(Buffer.from(message.slice(0))) as Request | Request[]
    const requests = Array.isArray(frame[0]) ? (frame as Request[]) : [frame as Request]
    for (const request of requests) void answer(socket, request)
  },
  close: (socket) => {
    socket.getUserData().isOpen = false
  },
})

const listening = await listen(app, { host: '127.0.0.1', port: 0, isPortShared: false })
ready(listening!.port)
