// A file of the log or a snapshot is damaged while the server is down: cut off, a bit flipped, a stretch of bytes
// missing. At the next start that is noticed: the start is refused, or a snapshot is set aside and an
// older one, or the log, is used. What is shown then is exactly what was shown before.

import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Random } from '../../../../loadtest/std/random.ts'
import type { UserId } from '../../../../protocol/ids.ts'
import { eventually } from '../../../helpers/eventually.ts'
import { Deployment } from '../deployment.ts'
import { StartRefused } from '../node-process.ts'
import type { SeenUser } from '../observation.ts'
import { readUsers } from '../observe.ts'
import type { Person } from '../person.ts'
import type { Figures, RoundContext, Scenario } from '../scenario.ts'
import { Trial } from '../trial.ts'

const options = {
  shards: 1,
  partitions: 4,
  log: 'embedded',
  // Small enough that a few seconds of load make several snapshots of each partition.
  env: { ROOKERY_SNAPSHOT_ENTRIES: '200' },
} as const
const writesPerSecond = 1_000

export const filesDamaged: Scenario = {
  name: 'files-damaged',
  fault: 'truncated, flipped or missing bytes in snapshot and log files',
  promise: 'every one detected, none served',
  rounds: { short: 4, full: 200 },
  goals: [
    { figure: 'served', worstBelow: 1 },
    { figure: 'bytesDamaged', leastAbove: 0 },
  ],
  run,
}

/** A directory that a cluster has left in good order, and what it showed. */
class SoundDirectory implements AsyncDisposable {
  readonly path = mkdtempSync(join(tmpdir(), 'rookery-sound-'))
  people: readonly Person[] = []
  shown: ReadonlyMap<UserId, SeenUser> = new Map()

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.path, { recursive: true, force: true })
  }
}

async function run(round: number, context: RoundContext): Promise<Figures> {
  const sound = await context.shared('sound', () => prepare(context))
  const random = new Random(`damage ${context.seed} ${round}`)
  const directory = mkdtempSync(join(tmpdir(), 'rookery-damaged-'))
  try {
    cpSync(sound.path, directory, { recursive: true })
    const target = chooseFile(directory, { round, random })
    const damage = damages[Math.floor(round / 2) % damages.length] as Damage
    const before = readFileSync(target.path)
    const after = damage.make(before, random)
    writeFileSync(target.path, after)
    const outcome = await outcomeOf(directory, { sound, path: target.path })
    if (outcome.isServed) {
      const what = `${damage.name} in ${target.kind}: ${outcome.words}`
      context.violated({ rule: 'run', what })
    }
    return {
      file: target.kind,
      damage: damage.name,
      bytesDamaged: differences(before, after),
      outcome: outcome.words,
      served: outcome.isServed ? 1 : 0,
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function prepare(context: RoundContext): Promise<SoundDirectory> {
  const sound = new SoundDirectory()
  const deployment = await Deployment.start({ ...options, directory: sound.path })
  try {
    const load = { writesPerSecond, readers: 2, mix: { posts: 70, favorites: 20 } }
    const trial = await Trial.begin({ deployment, context, ...load })
    try {
      for (let stretch = 0; stretch < stretches; stretch++) {
        await trial.untilAcknowledged(writesPerStretch)
      }
      await eventually(
        () => newestSnapshots(join(sound.path, 'snapshots')).length === options.partitions,
        { withinMs: snapshotsWithinMs, elseDump: () => deployment.dump() },
      )
      await trial.finish()
    } finally {
      trial.close()
    }
    sound.people = trial.people
    sound.shown = await readUsers(sound.people, deployment.url)
    for (const process of deployment.processes) await process.stop()
    return sound
  } catch (error) {
    await sound[Symbol.asyncDispose]()
    throw error
  } finally {
    await deployment[Symbol.asyncDispose]()
  }
}
const stretches = 3
const writesPerStretch = 1_000
const snapshotsWithinMs = 60_000

type Target = { readonly kind: 'log' | 'snapshot'; readonly path: string }

/** The log in every second round, the newest snapshot of some partition in the other. */
function chooseFile(
  directory: string,
  { round, random }: { round: number; random: Random },
): Target {
  const snapshots = newestSnapshots(join(directory, 'snapshots'))
  if (round % 2 === 1) return { kind: 'snapshot', path: random.pick(snapshots) }
  return { kind: 'log', path: join(directory, 'log', 'data.mdb') }
}

/** `<snapshots>/<cluster>/<partition>/<epoch>-<sequence>.snapshot`: the newest of each partition. */
function newestSnapshots(root: string): string[] {
  if (!existsSync(root)) return []
  const byPartition = Map.groupBy(
    readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.snapshot'),
    ),
    (path) => path.slice(0, path.lastIndexOf('/')),
  )
  return [...byPartition.values()].map((paths) => {
    const [newest] = paths.toSorted((one, other) => positionIn(other) - positionIn(one))
    return join(root, newest as string)
  })
}

function positionIn(path: string): number {
  const [, epoch, sequence] = /(\d+)-(\d+)\.snapshot$/.exec(path) ?? []
  return Number(epoch) * 2 ** 32 + Number(sequence)
}

type Damage = { readonly name: string; make(bytes: Buffer, random: Random): Buffer }

const damages: readonly Damage[] = [
  { name: 'truncated', make: (bytes, random) => bytes.subarray(0, random.below(bytes.length)) },
  {
    name: 'flipped bit',
    make: (bytes, random) => {
      const copy = Buffer.from(bytes)
      const at = someByteInUse(bytes, random)
      copy[at] = (copy[at] as number) ^ (1 << random.below(8))
      return copy
    },
  },
  {
    name: 'missing bytes',
    make: (bytes, random) => {
      const at = someByteInUse(bytes, random)
      const count = 1 + random.below(Math.min(missingBytesMax, bytes.length - at))
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + count)])
    },
  },
]
const missingBytesMax = 8_192

/** LMDB leaves holes in its file, and zeros. */
function someByteInUse(bytes: Buffer, random: Random): number {
  for (;;) {
    const at = random.below(bytes.length)
    if (bytes[at] !== 0) return at
  }
}

function differences(before: Buffer, after: Buffer): number {
  let count = Math.abs(before.length - after.length)
  for (let at = 0; at < Math.min(before.length, after.length); at++) {
    if (before[at] !== after[at]) count++
  }
  return count
}

type Seen = { readonly words: string; readonly isServed: boolean }

async function outcomeOf(
  directory: string,
  { sound, path }: { sound: SoundDirectory; path: string },
): Promise<Seen> {
  let deployment: Deployment
  try {
    deployment = await Deployment.start({ ...options, directory })
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error
    const isTold = error.exit.code === 1 && error.words.includes(path)
    return {
      words: isTold ? 'refused' : `refused without a word: ${error.words}`,
      isServed: !isTold,
    }
  }
  try {
    const shown = await readUsers(sound.people, deployment.url)
    const isSame = JSON.stringify([...shown]) === JSON.stringify([...sound.shown])
    const isSetAside = !existsSync(path) && existsSync(`${path}.corrupt`)
    if (!isSame) return { words: 'served something else', isServed: true }
    if (isSetAside) return { words: 'set aside', isServed: false }
    // A snapshot is checked as a whole; in the log there are pages that hold nothing any more.
    const isSnapshot = path.endsWith('.snapshot')
    return { words: isSnapshot ? 'not noticed' : 'harmless', isServed: isSnapshot }
  } finally {
    await deployment[Symbol.asyncDispose]()
  }
}
