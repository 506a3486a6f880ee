import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SnapshotCorrupt } from '../../../../shard/snapshots/snapshot-chunks.ts'
import {
  makingFile,
  SnapshotStore,
  type StoredSnapshot,
} from '../../../../shard/snapshots/store.ts'
import { temporaryDirectory } from '../../../helpers/temporary-directory.ts'

const partition = 3

/** Stores over one directory, as processes of one machine have them. */
function storesOf(directory = temporaryDirectory('snapshots')) {
  const corrupt: string[] = []
  const open = (): SnapshotStore =>
    new SnapshotStore({
      directory,
      cluster: 'test',
      onCorrupt: ({ position }, error) => corrupt.push(`${position.sequence} ${error.message}`),
    })
  return { directory, corrupt, open }
}

function publish(store: SnapshotStore, epoch: number, sequence: number, text = 'sound'): void {
  const making = store.beginMaking(partition)
  writeFileSync(makingFile(making), text)
  store.publish(making, { partition, position: { epoch, sequence } })
}

const sequencesOf = (stored: readonly StoredSnapshot[]) =>
  stored.map(({ position }) => position.sequence)

/** Reads the file, as a real check would. */
async function isSound({ path }: StoredSnapshot): Promise<boolean> {
  if (readFileSync(path, 'utf8') === 'sound') return true
  throw new SnapshotCorrupt('not sound')
}

describe('the snapshot store', () => {
  test('has nothing where there is no directory yet', async () => {
    const store = storesOf().open()
    expect(store.list(partition)).toEqual([])
    expect(store.sizeOf(partition, { epoch: 1, sequence: 1 })).toBeUndefined()
    expect(await store.newestVerified(partition, isSound)).toBeUndefined()
  })

  test('lists the newest first, by epoch and then by sequence', () => {
    const { open, directory } = storesOf()
    const store = open()
    publish(store, 2, 9)
    publish(store, 10, 1)
    publish(store, 2, 10)
    expect(sequencesOf(store.list(partition))).toEqual([1, 10, 9])
    const path = join(directory, 'test', '3', '10-1.snapshot')
    expect(store.list(partition)[0]?.path).toBe(path)
    expect(store.path(partition, { epoch: 10, sequence: 1 })).toBe(path)
    expect(store.sizeOf(partition, { epoch: 10, sequence: 1 })).toBe(5)
  })

  test('keeps three, and never removes the one that was just put there', () => {
    const store = storesOf().open()
    for (const sequence of [1, 2, 3, 4, 5]) publish(store, 1, sequence)
    expect(sequencesOf(store.list(partition))).toEqual([5, 4, 3])
    publish(store, 1, 2)
    expect(sequencesOf(store.list(partition))).toEqual([5, 4, 3, 2])
  })

  test('does not show what is not finished', () => {
    const { open } = storesOf()
    const making = open().beginMaking(partition)
    writeFileSync(makingFile(making), 'half')
    expect(open().list(partition)).toEqual([])
    open().abandon(making)
    expect(existsSync(making)).toBe(false)
  })

  test('sets a damaged one aside, says so, and gives the one before it', async () => {
    const { open, corrupt, directory } = storesOf()
    const store = open()
    publish(store, 1, 1)
    publish(store, 1, 2, 'broken')
    publish(store, 1, 3, 'broken')
    const found = await store.newestVerified(partition, isSound)
    expect(found?.position.sequence).toBe(1)
    expect(corrupt).toEqual(['3 not sound', '2 not sound'])
    expect(sequencesOf(store.list(partition))).toEqual([1])
    expect(readdirSync(join(directory, 'test', '3')).sort()).toEqual([
      '1-1.snapshot',
      '1-2.snapshot.corrupt',
      '1-3.snapshot.corrupt',
    ])
  })

  test('keeps every damaged one, also of the same name', async () => {
    const { open, directory } = storesOf()
    const store = open()
    for (const text of ['broken', 'broken again', 'and again']) {
      publish(store, 1, 1, text)
      expect(await store.newestVerified(partition, isSound)).toBeUndefined()
    }
    const kept = readdirSync(join(directory, 'test', '3'))
    expect(kept.filter((name) => name.endsWith('.corrupt')).length).toBe(3)
  })

  test('passes over what is not wanted and what another process has removed meanwhile', async () => {
    const store = storesOf().open()
    for (const sequence of [1, 2, 3]) publish(store, 1, sequence)
    const found = await store.newestVerified(partition, async (snapshot) => {
      if (snapshot.position.sequence === 3) return false
      if (snapshot.position.sequence === 2) readFileSync(`${snapshot.path} gone`)
      return isSound(snapshot)
    })
    expect(found?.position.sequence).toBe(1)
    expect(store.list(partition).length).toBe(3)
  })

  test('does not take a failure to read for damage', async () => {
    const store = storesOf().open()
    publish(store, 1, 1)
    const failing = store.newestVerified(partition, async () => {
      throw new Error('the disk does not answer')
    })
    await expect(failing).rejects.toThrow('does not answer')
    expect(store.list(partition).length).toBe(1)
  })

  test('two processes may find the same damage and store the same snapshot', async () => {
    const { open, corrupt } = storesOf()
    const [one, other] = [open(), open()]
    publish(one, 1, 1, 'broken')
    const [seen] = other.list(partition)
    await one.newestVerified(partition, isSound)
    other.setAside(seen!, new Error('seen, too'))
    expect(corrupt.length).toBe(1)
    const making = [one.beginMaking(partition), other.beginMaking(partition)]
    for (const path of making) writeFileSync(makingFile(path), 'sound')
    one.publish(making[0]!, { partition, position: { epoch: 1, sequence: 2 } })
    other.publish(making[1]!, { partition, position: { epoch: 1, sequence: 2 } })
    expect(sequencesOf(one.list(partition))).toEqual([2])
  })

  test('removes what the dead have left behind, and nothing of the living', () => {
    const { open } = storesOf()
    const mine = open().beginMaking(partition)
    const parent = dirname(mine)
    const { pid: dead } = spawnSync('true')
    const ofDead = join(parent, `making-${dead}-a`)
    const ofLiving = join(parent, `making-${process.ppid}-b`)
    // A container gives the same pid to each of its starts.
    const ofFormerSelf = join(parent, `making-${process.pid}-c`)
    for (const path of [ofDead, ofLiving, ofFormerSelf]) {
      mkdirSync(path)
      writeFileSync(makingFile(path), 'half')
    }
    utimesSync(ofFormerSelf, 1, 1)
    open().beginMaking(partition)
    expect([mine, ofDead, ofLiving, ofFormerSelf].map((path) => existsSync(path))).toEqual([
      true,
      false,
      true,
      false,
    ])
  })
})
