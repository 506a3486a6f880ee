// The Lua scripts of the log on Redis, read once and known to Redis by their hash.
//
// They run by EVALSHA. A library of Functions would keep EVAL out of the user's rights, but would need
// somebody with other rights to install each version of it on each server, before the first start and
// after each failover to an empty one; a script comes along with whoever needs it.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

export type Script = {
  readonly name: string
  readonly text: string
  readonly sha: string
}

export const scripts = {
  acquire: load('acquire'),
  renew: load('renew'),
  release: load('release'),
  append: load('append'),
  restore: load('restore'),
  trim: load('trim'),
  announce: load('announce'),
  withdraw: load('withdraw'),
  recordSnapshot: load('record-snapshot'),
  forgetSnapshot: load('forget-snapshot'),
} as const

function load(name: string): Script {
  const text = readFileSync(new URL(`lua/${name}.lua`, import.meta.url), 'utf8')
  return { name, text, sha: createHash('sha1').update(text).digest('hex') }
}
