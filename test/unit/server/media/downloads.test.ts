import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { mediaIdOf } from '../../../../protocol/media.ts'
import { Downloads } from '../../../../server/media/downloads.ts'
import { downloadsInFlightMax } from '../../../../server/media/limits.ts'
import type { MediaStore } from '../../../../server/media/media-store.ts'
import { exchangeOf } from '../../../helpers/fake-exchange.ts'

const addressDownloadsMax = 32
const id = mediaIdOf(Buffer.alloc(32, 7), 'png')

/** A store with one file that nobody can finish reading. */
function world() {
  const store: Pick<MediaStore, 'find' | 'read'> = {
    find: () => Promise.resolve({ bytes: 1_000, storedAtMs: 0 }),
    read: () => Promise.resolve(new Readable({ read: () => undefined })),
  }
  const downloads = new Downloads({ store: store as MediaStore, addressDownloadsMax })
  const send = async (address: string) => {
    const { exchange, sent } = exchangeOf({ address, path: `/v1/media/${id}` })
    await downloads.send(exchange, id, 'original')
    return sent
  }
  return { downloads, send }
}

describe('files that are being sent', () => {
  test('go to one address so many at a time, and others still get theirs', async () => {
    const { downloads, send } = world()
    const first = await send('10.0.0.1')
    for (let count = 1; count < addressDownloadsMax; count++) await send('10.0.0.1')
    await expect(send('10.0.0.1')).rejects.toMatchObject({ body: { code: 'rate_limited' } })
    expect((await send('10.0.0.2')).status).toBe('200')
    first.close()
    expect((await send('10.0.0.1')).status).toBe('200')
    expect(downloads.inFlight).toBe(addressDownloadsMax + 1)
  })

  test('are so many in all, whoever asks', async () => {
    const { downloads, send } = world()
    for (let count = 0; count < downloadsInFlightMax; count++) await send(`10.0.1.${count}`)
    await expect(send('10.0.0.1')).rejects.toMatchObject({ body: { code: 'unavailable' } })
    expect(downloads.inFlight).toBe(downloadsInFlightMax)
  })
})
