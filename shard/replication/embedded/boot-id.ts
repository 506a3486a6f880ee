// Which run of the machine this is: LMDB writes it down, to know whether what was not flushed may still be there.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Names this run of the machine; empty where the system does not tell. */
export function readBootId(): string {
  if (process.platform === 'linux') {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  }
  if (process.platform === 'darwin') {
    return execFileSync('sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' }).trim()
  }
  return ''
}

/** The boot id as LMDB writes it: the number before the first dash. */
export function bootNumber(bootId: string): bigint {
  const digits = bootId.split('-')[0] ?? ''
  return digits === '' ? 0n : BigInt(`0x${digits}`)
}
