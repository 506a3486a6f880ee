import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  defineSettings,
  readSettings,
  refuseUnknown,
  SettingsError,
} from '../../../../protocol/std/settings.ts'

const table = defineSettings({
  port: {
    env: 'ROOKERY_PORT',
    kind: 'integer',
    default: 8080,
    min: 0,
    max: 65535,
    unit: 'port',
    meaning: 'Where it listens.',
  },
  ratio: {
    env: 'ROOKERY_RATIO',
    kind: 'number',
    default: 0.5,
    min: 0,
    max: 1,
    unit: 'ratio',
    meaning: 'A share.',
  },
  host: {
    env: 'ROOKERY_HOST',
    kind: 'text',
    default: '127.0.0.1',
    unit: 'address',
    meaning: 'Where it listens.',
    rule: (text) => (text.includes(' ') ? 'must be an address' : undefined),
  },
  acknowledge: {
    env: 'ROOKERY_ACK',
    kind: 'choice',
    choices: ['log', 'sync'],
    default: 'log',
    meaning: 'When a write counts.',
  },
  secret: { env: 'ROOKERY_SECRET', kind: 'secret', default: '', meaning: 'Shared by all.' },
  isEager: { env: 'ROOKERY_IS_EAGER', kind: 'boolean', default: false, meaning: 'Starts early.' },
  names: { env: 'ROOKERY_NAMES', kind: 'list', unit: 'name', default: [], meaning: 'All shards.' },
})

function problemsOf(act: () => unknown): readonly string[] {
  try {
    act()
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
  return []
}

describe('reading settings', () => {
  test('an empty environment gives the defaults, and an empty variable counts as unset', () => {
    expect(readSettings(table, { ROOKERY_PORT: '' })).toEqual({
      port: 8080,
      ratio: 0.5,
      host: '127.0.0.1',
      acknowledge: 'log',
      secret: '',
      isEager: false,
      names: [],
    })
  })

  test('what is given is read by its kind, and typed by it', () => {
    const settings = readSettings(table, {
      ROOKERY_PORT: '0',
      ROOKERY_RATIO: '0.25',
      ROOKERY_ACK: 'sync',
      ROOKERY_IS_EAGER: 'TRUE',
      ROOKERY_NAMES: 'shard-0, shard-1',
    })
    const acknowledge: 'log' | 'sync' = settings.acknowledge
    const names: readonly string[] = settings.names
    expect([settings.port, settings.ratio, acknowledge, settings.isEager, names]).toEqual([
      0,
      0.25,
      'sync',
      true,
      ['shard-0', 'shard-1'],
    ])
  })

  test('all wrong settings are told at once, each with its name, value and what is right', () => {
    const problems = problemsOf(() =>
      readSettings(table, {
        ROOKERY_PORT: '80801',
        ROOKERY_HOST: 'my host',
        ROOKERY_ACK: 'maybe',
        ROOKERY_IS_EAGER: 'si',
        ROOKERY_NAMES: 'a,,b',
      }),
    )
    expect(problems).toEqual([
      'ROOKERY_PORT must be a whole number from 0 to 65535 (port), not "80801": change it, or remove it for the default, 8080',
      'ROOKERY_HOST must be an address, not "my host": change it, or remove it for the default, 127.0.0.1',
      'ROOKERY_ACK must be one of log, sync, not "maybe": change it, or remove it for the default, log',
      'ROOKERY_IS_EAGER must be true or false, not "si": change it, or remove it for the default, false',
      'ROOKERY_NAMES must have no empty entry, not "a,,b": change it, or remove it for the default, unset',
    ])
  })

  test('a setting without a default has to be given', () => {
    const needed = defineSettings({
      name: { env: 'ROOKERY_NAME', kind: 'text', unit: 'name', meaning: 'Which one this is.' },
    })
    expect(problemsOf(() => readSettings(needed, {}))).toEqual([
      'ROOKERY_NAME is not set: give it a value (Which one this is.)',
    ])
  })

  test('no text makes an integer outside of its bounds', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const problems = problemsOf(() => {
          const { port } = readSettings(table, { ROOKERY_PORT: text })
          expect(Number.isInteger(port) && port >= 0 && port <= 65535).toBe(true)
        })
        expect(problems.length).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('unknown variables', () => {
  test('a misspelt name stops the start and is told the nearest one', () => {
    expect(problemsOf(() => refuseUnknown([table], { ROOKERY_PROT: '1' }))).toEqual([
      'ROOKERY_PROT is not a setting of Rookery: did you mean ROOKERY_PORT? (docs/settings.md lists them all)',
    ])
  })

  test('a name that resembles none is to be removed', () => {
    expect(problemsOf(() => refuseUnknown([table], { ROOKERY_ZZZZZZZZZZZZ: '1' }))).toEqual([
      'ROOKERY_ZZZZZZZZZZZZ is not a setting of Rookery: remove it (docs/settings.md lists them all)',
    ])
  })

  test('our own names and the names of others pass', () => {
    const env = { ROOKERY_PORT: '1', ROOKERY_SHARDS: '2', PATH: '/usr/bin', ROOKERYX: 'theirs' }
    expect(problemsOf(() => refuseUnknown([table], env))).toEqual([])
  })
})
