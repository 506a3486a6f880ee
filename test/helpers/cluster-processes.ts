// The processes of one running cluster, as the system sees them. Linux only: it reads /proc.
//
// A process belongs to a cluster if the data directory of that cluster is in its environment. That
// is true from its first moment, whatever it has logged, and also when its supervisor is gone.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export type ClusterProcess = { readonly pid: number; readonly name: string }

/** All living processes on this data directory: `supervisor`, `gateway-0`, `shard-0`, … */
export function clusterProcesses(dataDirectory: string): ClusterProcess[] {
  return pids().flatMap((pid) => {
    const variables = environmentOf(pid)
    if (variables.get('ROOKERY_DATA_DIR') !== dataDirectory || isZombie(pid)) return []
    return [{ pid, name: nameOf(pid, variables) }]
  })
}

function pids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

function nameOf(pid: number, variables: ReadonlyMap<string, string>): string {
  const command = readOrEmpty(`/proc/${pid}/cmdline`)
  if (command.includes('shard/main.ts')) return variables.get('ROOKERY_SHARD_NAME') ?? 'shard'
  if (command.includes('server/main.ts')) return variables.get('ROOKERY_GATEWAY_NAME') ?? 'gateway'
  return 'supervisor'
}

function environmentOf(pid: number): Map<string, string> {
  const pairs = readOrEmpty(`/proc/${pid}/environ`).split('\0')
  return new Map(
    pairs.map((pair) => {
      const split = pair.indexOf('=')
      return [pair.slice(0, split), pair.slice(split + 1)] as const
    }),
  )
}

/** A dead process that its parent has not yet asked about. */
function isZombie(pid: number): boolean {
  const stat = readOrEmpty(`/proc/${pid}/stat`)
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
}

/** Whether a signal has stopped the process. */
export function isStopped(pid: number): boolean {
  const stat = readOrEmpty(`/proc/${pid}/stat`)
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T')
}

/** The most memory that the process ever held at once, in bytes. */
export function peakMemoryBytes(pid: number): number {
  const match = /^VmHWM:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/status`))
  if (match === null) throw new Error(`process ${pid} tells nothing about its memory`)
  return Number(match[1]) * 1024
}

/** The memory that the process holds now, in bytes. */
export function memoryBytes(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/status`))
  if (match === null) throw new Error(`process ${pid} tells nothing about its memory`)
  return Number(match[1]) * 1024
}

/** The processor time that all threads of the process have taken, in milliseconds. */
export function processorMs(pid: number): number {
  const stat = readOrEmpty(`/proc/${pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * msPerTick
}

/** The kernel counts in hundredths of a second, whatever its own clock does. */
const msPerTick = 10

/** Where the process listens for TCP connections: `127.0.0.1:4001`, or the hex of an IPv6 address. */
export function listeningAddresses(pid: number): string[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      const match = /^socket:\[(\d+)\]$/.exec(linkOrEmpty(`/proc/${pid}/fd/${descriptor}`))
      return match === null ? [] : [match[1] as string]
    }),
  )
  return ['tcp', 'tcp6'].flatMap((table) =>
    readOrEmpty(`/proc/${pid}/net/${table}`)
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === listening && inodes.has(fields[9] ?? ''))
      .map((fields) => readableAddress(fields[1] ?? '')),
  )
}

/** The state TCP_LISTEN in /proc/net/tcp. */
const listening = '0A'

/** The kernel writes an IPv4 address as one hex number in the byte order of the machine. */
function readableAddress(entry: string): string {
  const [address = '', port = ''] = entry.split(':')
  const shown =
    address.length === 8 ? [...Buffer.from(address, 'hex')].reverse().join('.') : address
  return `${shown}:${Number.parseInt(port, 16)}`
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // The process has ended since it was listed, or belongs to somebody else.
    return ''
  }
}

function linkOrEmpty(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    // The descriptor was closed since it was listed.
    return ''
  }
}
