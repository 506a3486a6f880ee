// Who reigns over which partition of the embedded log.
//
// Leases live in an environment of their own that is never flushed: renewing dozens of them several
// times a second costs no disk write that the log's commits would wait for. They outlive every
// process, and go with the machine, together with all who could have held one. What keeps two
// primaries apart is not the lease but the epoch in the log: a lease only says when to try.
//
// Beside each lease stands the process that took it. This machine knows which of its processes run: so
// the lease of a dead one keeps nobody waiting, and a restart takes no longer than the start.

import type { Partition } from '../../../protocol/ids.ts'
import { LogUnavailable } from '../log.ts'
import { isHeldBy, type LeaseRecord, leaseInTheWay } from '../log-rules.ts'
import { leaseKey } from './embedded-codec.ts'
import { conflictsMax } from './embedded-entries.ts'
import type { OpeningGate } from './embedded-gate.ts'
import { isRunning, type ProcessMark, thisProcess } from './embedded-process.ts'
import { replaceRow, type Table, type Versioned } from './embedded-table.ts'

/** A lease with the process that took it. */
type OwnedLease = LeaseRecord & { readonly owner: ProcessMark }

/** In front of the node's name: epoch, expiry, number and start of the process. */
const headerBytes = 4 + 8 + 4 + 8

export class LeaseStore {
  readonly #leases: Table
  readonly #gate: OpeningGate
  readonly #clock: () => number

  constructor(options: { leases: Table; gate: OpeningGate; clock: () => number }) {
    this.#leases = options.leases
    this.#gate = options.gate
    this.#clock = options.clock
  }

  /** The lease as it is committed now, run out or not. */
  read(partition: Partition): Versioned<OwnedLease | undefined> {
    this.#leases.resetReadTxn()
    const row = this.#leases.getEntry(leaseKey(partition))
    if (row === undefined) return { value: undefined, version: undefined }
    return { value: decodeLease(row.value), version: row.version }
  }

  /** The lease that keeps `node` out now: one that runs, of somebody else whose process runs, too. */
  inTheWay(lease: OwnedLease | undefined, asking: { node: string; nowMs: number }) {
    const other = leaseInTheWay(lease, asking)
    return lease !== undefined && isRunning(lease.owner) ? other : undefined
  }

  /** @returns false where somebody else wrote this lease since it was read. */
  replace(
    partition: Partition,
    { lease, readVersion }: { lease: LeaseRecord; readVersion: number | undefined },
  ): Promise<boolean> {
    const row = { key: leaseKey(partition), value: encodeLease(lease), readVersion }
    return this.#gate.whileNobodyOpens(() => replaceRow(this.#leases, row))
  }

  /**
   * Lets a lease run for `ttlMs` from now, or end now at 0.
   * @returns false where this claim no longer holds it.
   */
  async prolong(
    partition: Partition,
    { node, epoch, ttlMs }: { node: string; epoch: number; ttlMs: number },
  ): Promise<boolean> {
    for (let attempt = 0; attempt < conflictsMax; attempt++) {
      const { value: lease, version: readVersion } = this.read(partition)
      const nowMs = this.#clock()
      if (!isHeldBy(lease, { node, epoch }, nowMs)) return false
      const prolonged = { ...lease, expiresAtMs: nowMs + ttlMs }
      if (await this.replace(partition, { lease: prolonged, readVersion })) return true
    }
    throw new LogUnavailable(`The lease of partition ${partition} keeps changing.`)
  }
}

/** Whoever writes a lease holds it: so the owner is always this process. */
function encodeLease({ node, epoch, expiresAtMs }: LeaseRecord): Buffer {
  const name = Buffer.from(node)
  const value = Buffer.allocUnsafe(headerBytes + name.length)
  value.writeUInt32BE(epoch, 0)
  value.writeDoubleBE(expiresAtMs, 4)
  value.writeUInt32BE(thisProcess.pid, 12)
  value.writeDoubleBE(thisProcess.startedAt, 16)
  value.set(name, headerBytes)
  return value
}

function decodeLease(bytes: Uint8Array): OwnedLease {
  const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return {
    epoch: value.readUInt32BE(0),
    expiresAtMs: value.readDoubleBE(4),
    owner: { pid: value.readUInt32BE(12), startedAt: value.readDoubleBE(16) },
    node: value.toString('utf8', headerBytes),
  }
}
