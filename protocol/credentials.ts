// The fields that carry secrets: passwords and session tokens.
//
// A token is `rk_<user id in base 36>_<256 random bits in base64url>`: the user id inside says which
// partition keeps the session, so that any gateway can ask the right shard. A shard keeps only the
// token's SHA-256; a copy of its memory or log lets nobody in.

import { hash } from 'node:crypto'
import type { TextField } from './fields.ts'
import { f } from './fields.ts'
import type { UserId } from './ids.ts'
import { isId } from './ids.ts'
import { passwordLengthMax, passwordLengthMin } from './limits.ts'

const tokenPattern = /^rk_([0-9a-z]{1,11})_([A-Za-z0-9_-]{43})$/

/** A token as a client sends and receives it. */
export const tokenField: TextField = f.text({
  lengthMax: 64,
  isSecret: true,
  meaning: 'Send it as `Authorization: Bearer TOKEN`. Shown once; the server keeps only its hash.',
})

export function makeToken(userId: UserId, random: Uint8Array): string {
  return `rk_${userId.toString(36)}_${Buffer.from(random).toString('base64url')}`
}

/** @returns the user that the token claims to be, or undefined where it is not a token at all. */
export function userOfToken(token: string): UserId | undefined {
  const match = tokenPattern.exec(token)
  if (match === null) return undefined
  const id = Number.parseInt(match[1] as string, 36)
  return isId(id) ? (id as UserId) : undefined
}

/** The form in which a token is kept: base64url of its SHA-256. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'base64url')
}

const passwordCheck = (text: string): string | { problem: string } => {
  const length = [...text].length
  if (length < passwordLengthMin || length > passwordLengthMax) {
    return {
      problem: `must have ${passwordLengthMin} to ${passwordLengthMax} characters`,
    }
  }
  return text.normalize('NFKC')
}

/** A password that is being chosen. Any character goes; nothing is cut off (ASVS 5.0, 6.2). */
export const newPassword: TextField = f.text({
  lengthMax: passwordLengthMax * 2,
  isSecret: true,
  meaning: '8 to 128 characters, any of them.',
  rule: passwordCheck,
})

/** A password that is being tried: a wrong length is simply a wrong password. */
export const triedPassword: TextField = f.text({
  lengthMax: 1024,
  isSecret: true,
  rule: (text) => text.normalize('NFKC'),
})

type Checked = { ok: true; text: string } | { ok: false; reason: string }

/** Makes a field's rule of one of the checks in `text/`. */
export function ruleOf(
  check: (text: string) => Checked,
): (text: string) => string | { problem: string } {
  return (text) => {
    const checked = check(text)
    return checked.ok
      ? checked.text
      : {
          problem: problems[checked.reason] ?? `is refused: ${checked.reason}`,
        }
  }
}

const problems: Record<string, string> = {
  empty: 'must not be empty',
  too_long: 'is too long',
  control_character: 'must not hold control characters',
  not_unicode: 'must be valid Unicode',
  bad_character: 'holds a character that is not allowed',
}
