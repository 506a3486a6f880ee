// The rules of the member registry, as plain functions over plain values, and how a member is written.
//
// Whoever keeps the records in this process (memory-members.ts, embedded-members.ts) asks these functions
// what to answer; lua/announce.lua says the same for Redis. No I/O, no clock: the time is an argument.

import { pack, unpack } from '../../protocol/frame.ts'
import type { Partition } from '../../protocol/ids.ts'
import type { Member, MemberRegistry, Pin, SeenMember } from './members.ts'
import type { LogPosition } from './position.ts'

export type AnnounceTimes = Parameters<MemberRegistry['announce']>[1]

/** What is kept of one member. */
export type MemberRecord = {
  readonly member: Member
  /** Never in the future: where the clock was set back, the keeper corrects it. */
  readonly heardAtMs: number
  /** It has said goodbye, or its process is known to be dead: it is not live, however lately heard of. */
  readonly isGone: boolean
}

export function isLive(record: MemberRecord, { nowMs, ttlMs }: Moment): boolean {
  return !record.isGone && nowMs - record.heardAtMs < ttlMs
}

type Moment = { readonly nowMs: number; readonly ttlMs: number }

/** Whether another live process goes by the name of this member. */
export function isNameTaken(
  kept: MemberRecord | undefined,
  { member, nowMs, ttlMs }: Moment & { readonly member: Member },
): boolean {
  if (kept === undefined || kept.member.incarnation === member.incarnation) return false
  return isLive(kept, { nowMs, ttlMs })
}

export function isForgotten(
  record: MemberRecord,
  { nowMs, forgetAfterMs }: { nowMs: number; forgetAfterMs: number },
): boolean {
  return nowMs - record.heardAtMs >= forgetAfterMs
}

export function seen(record: MemberRecord, moment: Moment): SeenMember {
  const silentMs = moment.nowMs - record.heardAtMs
  return { ...record.member, silentMs, isLive: isLive(record, moment) }
}

/** The same order for everybody, whatever the medium's own. */
export function byName(left: Member, right: Member): number {
  if (left.name === right.name) return 0
  return left.name < right.name ? -1 : 1
}

const formatVersion = 1
const states = ['joining', 'ready', 'leaving'] as const

/**
 * A member as bytes: a MessagePack array, since it goes out several times a second and comes back once
 * for each member. The positions lie flat, epoch and sequence in turn. A release that knows no pins leaves
 * them out, and does not look at them.
 */
export function encodeMember(member: Member): Buffer {
  const { name, incarnation, address, state, hosted, serving, positions, pins } = member
  const flat = positions.flatMap(({ epoch, sequence }) => [epoch, sequence])
  const fields = [name, incarnation, address, states.indexOf(state), hosted, serving, flat]
  const words = pins?.map(({ partition, to, version }) => [partition, to, version])
  return pack([formatVersion, ...fields, ...(words === undefined ? [] : [words])])
}

/** @returns undefined where another version of Rookery wrote this: it takes no part here. */
export function decodeMember(bytes: Uint8Array): Member | undefined {
  const fields = unpackArray(bytes)
  if (fields === undefined || fields[0] !== formatVersion) return undefined
  const [, name, incarnation, address, stateIndex, hosted, serving, flat, words] = fields as [
    version: number,
    name: string,
    incarnation: string,
    address: string,
    stateIndex: number,
    hosted: Partition[],
    serving: Partition[],
    flat: number[],
    words?: [partition: Partition, to: string, version: number][],
  ]
  const state = states[stateIndex]
  if (state === undefined) return undefined
  const member = {
    name,
    incarnation,
    address,
    state,
    hosted,
    serving,
    positions: positionsOf(flat),
  }
  return words === undefined ? member : { ...member, pins: words.map(pinOf) }
}

function pinOf([partition, to, version]: readonly [Partition, string, number]): Pin {
  return { partition, to, version }
}

function positionsOf(flat: readonly number[]): LogPosition[] {
  return Array.from({ length: flat.length / 2 }, (_, index) => ({
    epoch: flat[2 * index] as number,
    sequence: flat[2 * index + 1] as number,
  }))
}

/** @returns undefined where these are not the bytes of a packed array. */
export function unpackArray(bytes: Uint8Array): readonly unknown[] | undefined {
  try {
    const value = unpack(bytes)
    return Array.isArray(value) ? value : undefined
  } catch {
    // Bytes that are no MessagePack are no record of ours; the next announcement replaces them.
    return undefined
  }
}
