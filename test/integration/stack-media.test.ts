// Photos and videos through the whole server: uploaded, shown by a tweet, fetched in all ways. What must not be
// taken, or told, or left behind, is in stack-media-hostile.test.ts.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../helpers/eventually.ts'
import { mediaFile } from '../helpers/media-files.ts'
import { home, http, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'
import { sendUpload, upload, uploadForm } from '../helpers/uploads.ts'

const cluster = sharedCluster()
const mebibyte = 1024 * 1024

/** A form with nothing but a file in it. */
const only = (body: Buffer) => uploadForm(body)

function filesIn(part: 'files' | 'incoming'): string[] {
  const entries = readdirSync(join(cluster().directory, 'media', part), {
    recursive: true,
    withFileTypes: true,
  })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

async function fetchMedia(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await fetch(`${cluster().url}${path}`, { method, headers })
  return { response, body: Buffer.from(await response.arrayBuffer()) }
}

test('a photo is uploaded with its alt text, posted, and seen by a follower elsewhere', async () => {
  const [author, reader] = [await signUp(cluster(), 'shard-0'), await signUp(cluster(), 'shard-1')]
  await http(cluster(), {
    method: 'PUT',
    path: `/v1/users/${author.id}/follow`,
    token: reader.token,
  })
  const photo = mediaFile('png', { width: 900, height: 300 })
  const answer = await sendUpload(cluster(), {
    ...uploadForm(photo, { alt: 'A rook on a roof' }),
    token: author.token,
  })
  const id = `${createHash('sha256').update(photo).digest('base64url')}.png`
  const media = { id, kind: 'photo', width: 900, height: 300, alt: 'A rook on a roof' }
  expect(answer.status).toBe(201)
  expect(answer.body).toEqual({ media })
  expect(answer.headers.get('location')).toBe(`/v1/media/${id}`)

  const posted = await http(cluster(), {
    method: 'POST',
    path: '/v1/tweets',
    token: author.token,
    body: { text: 'look', mediaIds: [id] },
  })
  expect(posted.body).toMatchObject({ tweet: { media: [media] } })
  await eventually(async () => (await home(cluster(), reader)).tweets.length === 1, {
    withinMs: 10_000,
  })
  expect((await home(cluster(), reader)).tweets[0]).toMatchObject({ media: [media] })

  const { response, body } = await fetchMedia(`/v1/media/${id}`)
  expect(body.equals(photo)).toBe(true)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'image/png',
    'content-length': String(photo.length),
    etag: `"${id}"`,
    'cache-control': 'public, max-age=31536000, immutable',
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  })
  const thumbnail = await fetchMedia(`/v1/media/${id}/thumbnail`)
  expect(thumbnail.response.status).toBe(200)
  expect(['image/webp', 'image/png'], 'the original stands in for it').toContain(
    thumbnail.response.headers.get('content-type'),
  )
})

test('a video is fetched in ranges, and not at all by who has it', async () => {
  const author = await signUp(cluster())
  const video = mediaFile('mp4', { width: 1280, height: 720, bytes: 3 * mebibyte })
  const { id } = await upload(cluster(), author, video)
  const path = `/v1/media/${id}`
  const part = await fetchMedia(path, { range: 'bytes=1000000-2999999' })
  expect(part.response.status).toBe(206)
  expect(part.response.headers.get('content-range')).toBe(`bytes 1000000-2999999/${video.length}`)
  expect(part.body.equals(video.subarray(1_000_000, 3_000_000))).toBe(true)
  const end = await fetchMedia(path, { range: 'bytes=-5' })
  expect(end.body.equals(video.subarray(-5))).toBe(true)

  const beyond = await fetchMedia(path, { range: `bytes=${video.length}-` })
  expect(beyond.response.status).toBe(416)
  expect(beyond.response.headers.get('content-range')).toBe(`bytes */${video.length}`)
  const changed = await fetchMedia(path, { range: 'bytes=0-9', 'if-range': '"another"' })
  expect(changed.response.status).toBe(200)
  expect(changed.body.length).toBe(video.length)
  const known = await fetchMedia(path, { 'if-none-match': `"${id}"` })
  expect([known.response.status, known.body.length]).toEqual([304, 0])
  const head = await fetchMedia(path, {}, 'HEAD')
  expect(head.response.headers.get('content-length')).toBe(String(video.length))
  expect(head.body.length).toBe(0)
  expect((await fetchMedia(`${path}/thumbnail`)).response.status).toBe(404)
})

test('a slow reader of a large file gets all of it', async () => {
  const author = await signUp(cluster())
  const video = mediaFile('webm', { width: 640, height: 480, bytes: 12 * mebibyte })
  const { id } = await upload(cluster(), author, video)
  const response = await fetch(`${cluster().url}/v1/media/${id}`)
  const hash = createHash('sha256')
  for await (const chunk of response.body!) {
    hash.update(chunk)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(`${hash.digest('base64url')}.webm`).toBe(id)
})

test('a file is what is in it, not what it is called', async () => {
  const { token } = await signUp(cluster())
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')
  const wrong = await sendUpload(cluster(), { ...uploadForm(svg, { name: 'photo.jpg' }), token })
  expect(wrong.status).toBe(415)
  expect(wrong.body).toMatchObject({ code: 'unsupported_media' })
  const gif = mediaFile('gif', { width: 20, height: 10 })
  const right = await sendUpload(cluster(), { ...uploadForm(gif, { name: 'film.mp4' }), token })
  expect(right.body).toMatchObject({ media: { kind: 'photo', width: 20 } })
  const broken = mediaFile('png', { width: 20, height: 10 }).subarray(0, 20)
  expect((await sendUpload(cluster(), { ...only(broken), token })).status).toBe(415)
})

test('a file without a form around it is taken as well', async () => {
  const { token } = await signUp(cluster())
  const body = mediaFile('webp', { width: 20, height: 10 })
  const query = '?alt=A%20nest'
  const answer = await sendUpload(cluster(), { body, contentType: 'image/webp', token, query })
  expect(answer.body).toMatchObject({ media: { kind: 'photo', alt: 'A nest' } })
})

test('5 MiB of photo and 50 MiB of video are the most; nothing of more is left', async () => {
  const { token } = await signUp(cluster())
  const before = filesIn('files').length
  const large = (type: 'png' | 'mp4', bytes: number) =>
    sendUpload(cluster(), { ...only(mediaFile(type, { width: 9, height: 9, bytes })), token })
  expect((await large('png', 5 * mebibyte)).status).toBe(201)
  for (const [type, bytes] of [
    ['png', 5 * mebibyte + 1],
    ['png', 49 * mebibyte],
    ['mp4', 50 * mebibyte + 9],
    ['mp4', 51 * mebibyte],
  ] as const) {
    const answer = await large(type, bytes)
    expect(answer.status, `${bytes} bytes of ${type}`).toBe(413)
    expect(answer.body).toMatchObject({ code: 'too_large' })
  }
  expect((await large('mp4', 50 * mebibyte)).status).toBe(201)
  expect(filesIn('files').length).toBe(before + 2)
  await eventually(() => filesIn('incoming').length === 0, { withinMs: 5_000 })
})

test('whoever is not signed in uploads nothing', async () => {
  const file = only(mediaFile('gif', { width: 2, height: 2 }))
  expect((await sendUpload(cluster(), file)).status).toBe(401)
  expect((await sendUpload(cluster(), { ...file, token: 'rk_1_x' })).status).toBe(401)
})

test('nobody can say over a socket what a file is', async () => {
  const { token } = await signUp(cluster())
  const socket = new WebSocket(cluster().liveUrl)
  const answer = await new Promise<string>((resolve) => {
    socket.onopen = () => socket.send(JSON.stringify([1, 'session.resume', { token }]))
    socket.onmessage = ({ data }) => {
      if (String(data).includes('[2,')) resolve(String(data))
      else socket.send(JSON.stringify([2, 'media.create', { mediaId: 'x' }]))
    }
  })
  socket.close()
  expect(answer).toContain('bad_request')
})

test('many large uploads at once take little memory', async () => {
  const people = await Promise.all(Array.from({ length: 4 }, () => signUp(cluster())))
  const pid = cluster().pidOf('gateway-0')
  const residentMebibytes = () =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
  const before = residentMebibytes()
  const form = only(mediaFile('mp4', { width: 9, height: 9, bytes: 12 * mebibyte }))
  let highest = 0
  const watching = setInterval(() => {
    highest = Math.max(highest, residentMebibytes())
  }, 10)
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, number) =>
      sendUpload(cluster(), { ...form, token: people[number % 4]!.token }),
    ),
  )
  clearInterval(watching)
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201))
  // 240 MiB went through.
  expect(highest - before).toBeLessThan(150)
}, 60_000)
