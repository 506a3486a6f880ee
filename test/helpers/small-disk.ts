// A disk that is small enough to be filled: a tmpfs of its own. Needs the right to mount one, as the
// superuser has it, and as sudo gives it without a password on the machines that run tests for others.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const writeBytes = 64 * 1024

export class SmallDisk implements Disposable {
  readonly path: string
  #ballastCount = 0

  /** Throws where this user may not mount anything, and says who may. */
  constructor(bytes: number) {
    this.path = mkdtempSync(join(tmpdir(), 'rookery-disk-'))
    try {
      const options = `size=${bytes},mode=0777`
      asSuperuser(['mount', '-t', 'tmpfs', '-o', options, 'tmpfs', this.path])
    } catch (cause) {
      rmSync(this.path, { recursive: true })
      const advice = 'run the tests as root, or where sudo asks for no password'
      throw new Error(`a test fills a disk and has to mount one for it: ${advice}`, { cause })
    }
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.path)
    return bavail * bsize
  }

  /** Puts something else on the disk, until there is only so much room left. */
  fill({ leaveBytes }: { readonly leaveBytes: number }): void {
    const ballast = Buffer.alloc(writeBytes)
    while (this.freeBytes - writeBytes >= leaveBytes) {
      writeFileSync(this.#ballastPath(this.#ballastCount++), ballast)
    }
  }

  /** Takes away what `fill` has put there. */
  empty(): void {
    while (this.#ballastCount > 0) rmSync(this.#ballastPath(--this.#ballastCount))
  }

  [Symbol.dispose](): void {
    asSuperuser(['umount', '--lazy', this.path])
    rmSync(this.path, { recursive: true, force: true })
  }

  #ballastPath(index: number): string {
    return join(this.path, `ballast-${index}`)
  }
}

function asSuperuser(command: readonly string[]): void {
  const isSuperuser = process.getuid?.() === 0
  const [program, ...rest] = isSuperuser ? command : ['sudo', '-n', ...command]
  execFileSync(program as string, rest, { stdio: 'pipe' })
}
