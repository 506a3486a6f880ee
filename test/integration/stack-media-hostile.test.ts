// What must not be taken, or told, or left behind of photos and videos, through the whole server: files that are not
// what they seem, forms that are none, connections that are cut, and what a file says of its sender.

import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { MediaType } from '../../protocol/media.ts'
import { mediaTypes } from '../../protocol/media.ts'
import { eventually } from '../helpers/eventually.ts'
import { formOf, mediaFile } from '../helpers/media-files.ts'
import { signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'
import { secret, tellingFile } from '../helpers/telling-files.ts'
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

async function bodyOf(path: string): Promise<Buffer> {
  const response = await fetch(`${cluster().url}${path}`)
  return Buffer.from(await response.arrayBuffer())
}

test('where a photo or video was taken is told to nobody, and it is shown as it was held', async () => {
  const author = await signUp(cluster())
  for (const type of Object.keys(mediaTypes) as MediaType[]) {
    const sent = tellingFile(type, { width: 800, height: 600 })
    expect(sent.includes(secret)).toBe(true)
    const medium = await upload(cluster(), author, sent)
    const isTurned = type === 'jpg' || type === 'png' || type === 'webp'
    const shown = isTurned ? { width: 600, height: 800 } : { width: 800, height: 600 }
    expect(medium, type).toMatchObject(shown)
    const body = await bodyOf(`/v1/media/${medium.id}`)
    expect(body.includes('GPS'), type).toBe(false)
    expect(`${createHash('sha256').update(body).digest('base64url')}.${type}`).toBe(medium.id)
  }
  await eventually(() => filesIn('incoming').length === 0, { withinMs: 5_000 })
})

test('what hangs on behind a photo is not kept', async () => {
  const author = await signUp(cluster())
  const gif = mediaFile('gif', { width: 20, height: 10 })
  const page = Buffer.from('<script>alert(1)</script>PK\x03\x04')
  const { id } = await upload(cluster(), author, Buffer.concat([gif, page]))
  expect((await bodyOf(`/v1/media/${id}`)).equals(gif)).toBe(true)
})

test('a photo that would be far larger than it says, and one that is cut, are refused', async () => {
  const { token } = await signUp(cluster())
  const before = filesIn('files').length
  const sized = (width: number, height: number) => {
    const file = Buffer.from(mediaFile('png', { width: 9, height: 9 }))
    file.writeUInt32BE(width, 16)
    file.writeUInt32BE(height, 20)
    return file
  }
  const whole = mediaFile('jpg', { width: 90, height: 90 })
  const hostile = {
    'a bomb': sized(60_000, 60_000),
    'a line': sized(100_000, 1),
    'the widest there is': sized(0xffff_ffff, 1),
    'cut off': whole.subarray(0, -2),
    'a frame without a scan': Buffer.concat([whole.subarray(0, -22), Buffer.from([0xff, 0xd9])]),
  }
  for (const [what, file] of Object.entries(hostile)) {
    const answer = await sendUpload(cluster(), { ...only(file), token })
    expect(answer.status, what).toBe(415)
    expect(answer.body).toMatchObject({ code: 'unsupported_media' })
  }
  expect(filesIn('files').length).toBe(before)
  await eventually(() => filesIn('incoming').length === 0, { withinMs: 5_000 })
})

test('no address leads out of the media', async () => {
  const gif = mediaFile('gif', { width: 2, height: 2 })
  const author = await signUp(cluster())
  const { id } = await upload(cluster(), author, gif)
  for (const path of [
    '..%2f..%2f..%2f..%2fetc%2fpasswd',
    `..%2ffiles%2f${id}`,
    `${id}%00.png`,
    `${id}.thumbnail`,
    id.replace('.gif', '.png'),
    '%2e%2e%2fincoming',
  ]) {
    expect((await fetch(`${cluster().url}/v1/media/${path}`)).status, path).toBe(404)
  }
})

test('forms that are none are refused, and leave nothing', async () => {
  const { token } = await signUp(cluster())
  const before = filesIn('files').length
  const gif = mediaFile('gif', { width: 2, height: 2 })
  const head = 'Content-Disposition: form-data; name="file"; filename="a.gif"'
  const two = formOf([
    { head, body: gif },
    { head, body: gif },
  ])
  const stranger = formOf([
    { head: 'Content-Disposition: form-data; name="owner"', body: '1' },
    { head, body: gif },
  ])
  const hostile = {
    'cut off': { ...only(gif), body: only(gif).body.subarray(0, -10) },
    'two files': two,
    'another field': stranger,
    'no file': formOf([{ head: 'Content-Disposition: form-data; name="alt"', body: 'x' }]),
    'no boundary': { ...only(gif), contentType: 'multipart/form-data' },
    'a head without an end': {
      contentType: 'multipart/form-data; boundary=a-boundary',
      body: Buffer.concat([Buffer.from('--a-boundary\r\n'), Buffer.alloc(mebibyte, 0x41)]),
    },
    'an alt text without an end': formOf([
      { head: 'Content-Disposition: form-data; name="alt"', body: 'x'.repeat(mebibyte) },
      { head, body: gif },
    ]),
    nothing: { contentType: 'image/gif', body: Buffer.alloc(0) },
  }
  for (const [what, form] of Object.entries(hostile)) {
    const answer = await sendUpload(cluster(), { ...form, token })
    expect(answer.status, what).toBe(400)
  }
  expect(filesIn('files').length).toBe(before)
  await eventually(() => filesIn('incoming').length === 0, { withinMs: 5_000 })
})

test('a connection that is cut in the middle leaves no file', async () => {
  const { token } = await signUp(cluster())
  const before = filesIn('files').length
  const { body, contentType } = only(mediaFile('mp4', { width: 9, height: 9, bytes: mebibyte }))
  const socket = connect(cluster().port, '127.0.0.1')
  socket.on('error', () => undefined) // It is cut, by us.
  const head = [
    'POST /v1/media HTTP/1.1',
    'Host: x',
    `Authorization: Bearer ${token}`,
    `Content-Type: ${contentType}`,
    `Content-Length: ${body.length}`,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  socket.write(body.subarray(0, body.length / 2))
  await eventually(() => filesIn('incoming').length === 1, { withinMs: 5_000 })
  socket.destroy()
  await eventually(() => filesIn('incoming').length === 0, { withinMs: 5_000 })
  expect(filesIn('files').length).toBe(before)
})
