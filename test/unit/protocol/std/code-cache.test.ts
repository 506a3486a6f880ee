// The cache changes what a whole process does, so each case is a process of its own.

import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../../../helpers/temporary-directory.ts'

const module = fileURLToPath(new URL('../../../../protocol/std/code-cache.ts', import.meta.url))

/** A program with types that says one word, and a cache of its own. */
class Program {
  readonly directory = temporaryDirectory('code-cache')
  readonly cache = join(this.directory, 'cache')
  readonly #word = join(this.directory, 'word.ts')

  constructor() {
    const main = [
      `import { cacheCode } from ${JSON.stringify(module)}`,
      `cacheCode(${JSON.stringify(this.cache)})`,
      `await import('./word.ts')`,
    ]
    writeFileSync(join(this.directory, 'package.json'), '{"type":"module"}')
    writeFileSync(join(this.directory, 'main.ts'), main.join('\n'))
    this.say('one')
  }

  say(word: string): void {
    writeFileSync(
      this.#word,
      `const word: string = '${word}'\nconsole.log(word satisfies string)\n`,
    )
  }

  run(): { readonly stdout: string; readonly stderr: string } {
    const { stdout, stderr } = spawnSync(process.execPath, ['main.ts'], {
      cwd: this.directory,
      encoding: 'utf8',
    })
    return { stdout: stdout.trim(), stderr }
  }

  /** The files of sources without their types. */
  get kept(): string[] {
    return readdirSync(join(this.cache, 'stripped')).map((name) =>
      join(this.cache, 'stripped', name),
    )
  }
}

test('a program runs the same with what was kept, and without a word of its own', () => {
  const program = new Program()
  expect(program.run()).toEqual({ stdout: 'one', stderr: '' })
  expect(program.kept).toHaveLength(1)
  const [path] = program.kept
  const kept = readFileSync(path!, 'utf8')
  expect(kept).not.toContain('satisfies')
  expect(program.run()).toEqual({ stdout: 'one', stderr: '' })
  expect(program.kept).toEqual([path])
})

test('a source that has changed is taken as it is now', () => {
  const program = new Program()
  program.run()
  program.say('two')
  expect(program.run().stdout).toBe('two')
  program.say('one')
  expect(program.run().stdout).toBe('one')
  expect(program.kept).toHaveLength(2)
})

test.each([
  ['half written', (text: string) => text.slice(0, -20)],
  ['empty', () => ''],
  ['another program', (text: string) => text.replace("'one'", "'six'")],
])('what is kept and is %s is not taken, but made again', (_, damage) => {
  const program = new Program()
  program.run()
  const [path] = program.kept
  const whole = readFileSync(path!, 'utf8')
  writeFileSync(path!, damage(whole))
  expect(program.run().stdout).toBe('one')
  expect(readFileSync(path!, 'utf8')).toBe(whole)
})

test('a place that cannot be written changes nothing but the time', () => {
  const program = new Program()
  writeFileSync(program.cache, 'a file where the directory would be')
  expect(program.run()).toEqual({ stdout: 'one', stderr: '' })
})

test('a mistake in a source is told as Node tells it', () => {
  const program = new Program()
  writeFileSync(join(program.directory, 'word.ts'), 'const word: = 1')
  expect(program.run().stderr).toContain('word.ts')
  expect(program.run().stderr).toContain('SyntaxError')
})

test('a directory that others can write is not used', () => {
  const program = new Program()
  program.run()
  chmodSync(join(program.cache, 'stripped'), 0o777)
  program.say('two')
  expect(program.run().stdout).toBe('two')
  expect(program.kept).toHaveLength(1)
})
