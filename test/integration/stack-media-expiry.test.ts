// Media that nobody shows go after their time, and those that a tweet shows stay: with a time of seconds in
// place of the day.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../helpers/eventually.ts'
import { mediaFile } from '../helpers/media-files.ts'
import { http, signUp } from '../helpers/people.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'
import { upload } from '../helpers/uploads.ts'

const cluster = sharedCluster({ env: { ROOKERY_MEDIA_UNATTACHED: '2' } })

function storedIds(): string[] {
  return readdirSync(join(cluster().directory, 'media', 'files'), { recursive: true }).map(String)
}

const isStored = (id: string): boolean => storedIds().some((path) => path.endsWith(id))

test('what no tweet shows is removed in its time, also when the tweet is deleted', async () => {
  const author = await signUp(cluster(), 'shard-1')
  const photo = (side: number) => mediaFile('png', { width: side, height: side })
  const shown = await upload(cluster(), author, photo(11))
  const post = () =>
    http(cluster(), {
      method: 'POST',
      path: '/v1/tweets',
      token: author.token,
      body: { text: 'look', mediaIds: [shown.id] },
    })
  // At once: it is gone as well where nothing shows it in time.
  const posted = await post()
  expect(posted.status).toBe(201)
  const unshown = await upload(cluster(), author, photo(12))
  await eventually(() => !isStored(unshown.id), { withinMs: 30_000 })
  expect(isStored(shown.id), 'that of a tweet').toBe(true)
  expect((await fetch(`${cluster().url}/v1/media/${unshown.id}`)).status).toBe(404)
  const late = await post()
  expect(late.status, 'too late for another tweet').toBe(404)
  expect(late.body).toMatchObject({ field: 'mediaIds' })

  const { id } = (posted.body as { tweet: { id: string } }).tweet
  const gone = await http(cluster(), {
    method: 'DELETE',
    path: `/v1/tweets/${id}`,
    token: author.token,
  })
  expect(gone.status).toBe(200)
  await eventually(() => !isStored(shown.id), { withinMs: 30_000 })
}, 90_000)
