// The files of the member registry of the embedded log: one small file for each member, for processes of one machine.
//
//   directory/members/<name>.member            what it has said last; when, is the file's own time
//   directory/members/<name>.<pid>.new         on its way to be the former
//
// A file is written beside the old one and renamed over it, so nobody reads half of one. Nothing is
// flushed, and the database has no part in it: a heartbeat several times a second must not make the
// writes wait. What a file says counts only as long as its process runs, which this machine knows
// better than any clock: a killed process is not live at the very next look.
//
// The calls are synchronous ones, for a thread that does nothing else (embedded-members-worker.ts).

import {
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { pack } from '../../../protocol/frame.ts'
import {
  type AnnounceTimes,
  byName,
  decodeMember,
  encodeMember,
  isForgotten,
  isNameTaken,
  type MemberRecord,
  seen,
  unpackArray,
} from '../member-rules.ts'
import type { Member, SeenMember } from '../members.ts'
import { isAlive, isRunning, thisProcess } from './embedded-process.ts'

const suffix = '.member'
const newSuffix = '.new'

/** A file's content: whose process, whether it has withdrawn, and the member. */
type Content = readonly [
  pid: number,
  startedAt: number,
  hasWithdrawn: 0 | 1,
  member: Uint8Array<ArrayBuffer>,
]

export class MemberFiles {
  readonly #directory: string

  /** @param directory that of the members alone */
  constructor(directory: string) {
    this.#directory = directory
  }

  /** See `MemberRegistry`. @throws what the disk refuses with */
  announce(
    member: Member,
    { nowMs, ttlMs, forgetAfterMs }: AnnounceTimes & { readonly nowMs: number },
  ): readonly SeenMember[] | undefined {
    const path = this.#pathOf(member.name)
    const kept = this.#read(path, nowMs)
    if (isNameTaken(kept, { member, nowMs, ttlMs })) return undefined
    this.#write(path, { member, heardAtMs: nowMs, isGone: false })
    return this.#list(nowMs, forgetAfterMs)
      .map((record) => seen(record, { nowMs, ttlMs }))
      .sort(byName)
  }

  /** See `MemberRegistry`. @throws what the disk refuses with */
  withdraw({ name, incarnation }: Pick<Member, 'name' | 'incarnation'>, nowMs: number): void {
    const path = this.#pathOf(name)
    const record = this.#read(path, nowMs)
    if (record?.member.incarnation !== incarnation) return
    this.#write(path, { ...record, isGone: true })
  }

  /** All that are not forgotten; the files of the others go. */
  #list(nowMs: number, forgetAfterMs: number): MemberRecord[] {
    return readdirSync(this.#directory).flatMap((file) => {
      const path = join(this.#directory, file)
      if (file.endsWith(newSuffix)) removeIfLeftBehind(path)
      if (!file.endsWith(suffix)) return []
      const record = this.#read(path, nowMs)
      if (record === undefined) return []
      if (!isForgotten(record, { nowMs, forgetAfterMs })) return [record]
      rmSync(path, { force: true })
      return []
    })
  }

  #read(path: string, nowMs: number): MemberRecord | undefined {
    const file = readWithTime(path)
    const content = file === undefined ? undefined : parse(file.bytes)
    const member = content === undefined ? undefined : decodeMember(content[3])
    if (file === undefined || content === undefined || member === undefined) return undefined
    const [pid, startedAt, hasWithdrawn] = content
    const isGone = hasWithdrawn === 1 || !isRunning({ pid, startedAt })
    if (file.writtenAtMs <= nowMs) return { member, heardAtMs: file.writtenAtMs, isGone }
    // The clock was set back since: the silence counts from now.
    utimesSync(path, nowMs / 1000, nowMs / 1000)
    return { member, heardAtMs: nowMs, isGone }
  }

  #write(path: string, record: MemberRecord): void {
    const { pid, startedAt } = thisProcess
    const content = [pid, startedAt, record.isGone ? 1 : 0, encodeMember(record.member)]
    const fresh = `${path.slice(0, -suffix.length)}.${pid}${newSuffix}`
    writeFileSync(fresh, pack(content))
    utimesSync(fresh, record.heardAtMs / 1000, record.heardAtMs / 1000)
    renameSync(fresh, path)
  }

  #pathOf(name: string): string {
    return join(this.#directory, `${encodeURIComponent(name)}${suffix}`)
  }
}

/** What a process that was killed in between has left. */
function removeIfLeftBehind(path: string): void {
  const pid = Number(path.slice(0, -newSuffix.length).split('.').at(-1))
  if (!isAlive(pid)) rmSync(path, { force: true })
}

/** @returns undefined where there is no such file, or no longer. */
function readWithTime(path: string): { bytes: Buffer; writtenAtMs: number } | undefined {
  try {
    const writtenAtMs = Math.round(statSync(path).mtimeMs)
    return { bytes: readFileSync(path), writtenAtMs }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** @returns undefined where a crash of the machine has left a file without its content. */
function parse(bytes: Buffer): Content | undefined {
  const value = unpackArray(bytes)
  return value?.length === 4 ? (value as unknown as Content) : undefined
}
