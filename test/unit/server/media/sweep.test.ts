import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { failure } from '../../../../protocol/errors.ts'
import { unpack } from '../../../../protocol/frame.ts'
import { mediaAskedMax } from '../../../../protocol/limits.ts'
import { mediaIdOf } from '../../../../protocol/media.ts'
import { encodeFields } from '../../../../protocol/message-pack.ts'
import { mediaUnused } from '../../../../protocol/operations/media-unused.ts'
import { silentLog } from '../../../../protocol/std/log.ts'
import type { ShardRequest } from '../../../../server/links/shard-request.ts'
import type { MediaStore, StoredFile } from '../../../../server/media/media-store.ts'
import { thumbnailName } from '../../../../server/media/media-store.ts'
import { MediaSweep } from '../../../../server/media/sweep.ts'
import { temporaryDirectory } from '../../../helpers/temporary-directory.ts'

const partitionCount = 4
const hourMs = 60 * 60 * 1000

/** A store in memory, and shards that know which files tweets show, each partition its own. */
class World implements MediaStore {
  readonly stored = new Map<string, StoredFile>()
  /** What the tweets of each partition show. */
  readonly shown = Array.from({ length: partitionCount }, () => new Set<string>())
  /** The partitions that were asked, in order. */
  readonly asked: number[] = []
  /** Called before each answer of a shard. */
  beforeAnswer = (): void => undefined
  away: number | undefined
  readonly sweep: MediaSweep

  constructor() {
    this.sweep = new MediaSweep({
      store: this,
      directory: temporaryDirectory(),
      shards: { partitionCount, request: (request) => this.#answer(request) },
      unattachedMs: 24 * hourMs,
      log: silentLog(),
    })
  }

  add(name: string, ageHours = 30): string {
    this.stored.set(name, { bytes: 1, storedAtMs: Date.now() - ageHours * hourMs })
    return name
  }

  put(): Promise<void> {
    return Promise.reject(new Error('a sweep stores nothing'))
  }
  find(name: string): Promise<StoredFile | undefined> {
    return Promise.resolve(this.stored.get(name))
  }
  read(): Promise<Readable> {
    return Promise.resolve(Readable.from([]))
  }
  async *files(): AsyncIterable<{ name: string; storedAtMs: number }> {
    for (const [name, { storedAtMs }] of [...this.stored]) yield { name, storedAtMs }
  }
  remove(name: string): Promise<void> {
    this.stored.delete(name)
    return Promise.resolve()
  }

  #answer(request: ShardRequest): void {
    const { partition } = request.call
    const { mediaIds } = unpack(request.call.params) as { mediaIds: string[] }
    this.asked.push(partition)
    this.beforeAnswer()
    if (this.away === partition) {
      request.failed(failure('unavailable'))
      return
    }
    const unused = mediaIds.filter((id) => !this.shown[partition]!.has(id))
    request.answered(encodeFields(mediaUnused.answer, { unused }))
  }
}

const photo = (number: number): string =>
  mediaIdOf(Buffer.alloc(32, String(number).padStart(6)), 'png')

describe('a sweep', () => {
  test('removes what no partition knows in any tweet, thumbnails included', async () => {
    const world = new World()
    const [shown, unshown] = [world.add(photo(1)), world.add(photo(2))]
    for (const id of [shown, unshown]) world.add(thumbnailName(id))
    world.shown[3]!.add(shown)
    expect(await world.sweep.sweep()).toBe(2)
    expect([...world.stored.keys()]).toEqual([shown, thumbnailName(shown)])
  })

  test('leaves what may still be attached, and an hour more', async () => {
    const world = new World()
    world.add(photo(1), 23)
    world.add(photo(2), 24.9)
    expect(await world.sweep.sweep()).toBe(0)
    expect(world.asked, 'nobody is asked').toEqual([])
  })

  test('leaves what is not ours', async () => {
    const world = new World()
    world.add('README.txt')
    world.add('x.png')
    expect(await world.sweep.sweep()).toBe(0)
  })

  test('leaves a file that somebody uploads anew meanwhile', async () => {
    const world = new World()
    world.add(photo(1))
    world.beforeAnswer = () => void world.add(photo(1), 0)
    expect(await world.sweep.sweep()).toBe(0)
    expect(world.stored.size).toBe(1)
  })

  test('removes nothing on the word of some: a shard that is away stops it', async () => {
    const world = new World()
    world.add(photo(1))
    world.away = partitionCount - 1
    await expect(world.sweep.sweep()).rejects.toThrow()
    expect(world.stored.size).toBe(1)
  })

  test('asks about many in few questions, and about those that are shown once', async () => {
    const world = new World()
    for (let number = 0; number < mediaAskedMax * 2 + 1; number++) {
      world.shown[0]!.add(world.add(photo(number)))
    }
    expect(await world.sweep.sweep()).toBe(0)
    expect(world.asked).toEqual([0, 0, 0])
  })
})
