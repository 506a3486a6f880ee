import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import {
  Patience,
  patienceMs,
} from '../../../../../shard/replication/embedded/embedded-patience.ts'
import { LogUnavailable } from '../../../../../shard/replication/log.ts'
import { temporaryDirectory } from '../../../../helpers/temporary-directory.ts'

let directory: string
let nowMs: number
let patience: Patience

beforeEach(() => {
  directory = temporaryDirectory('patience')
  for (const name of ['one', 'other']) writeFileSync(join(directory, name), '')
  nowMs = 0
  patience = new Patience(() => nowMs)
})

const look = (...names: string[]) => patience.check(directory, names, 'keeps opening')

test('who does nothing for too long is named', () => {
  look('one', 'other')
  nowMs = patienceMs - 1
  look('other')
  nowMs = patienceMs
  expect(() => look('one', 'other')).toThrow(LogUnavailable)
  expect(() => look('one', 'other')).toThrow('other keeps opening')
})

test('any number of processes is waited for, one after the other', () => {
  for (let turn = 0; turn < 10; turn++) {
    look(turn % 2 === 0 ? 'one' : 'other')
    nowMs += patienceMs - 1
  }
})

test('who goes on is waited for', () => {
  for (let second = 1; second < 30; second++) {
    look('one')
    nowMs += 1_000
    utimesSync(join(directory, 'one'), second, second)
  }
})

test('a file that has gone just now is no reason to end', () => {
  look('gone')
})
