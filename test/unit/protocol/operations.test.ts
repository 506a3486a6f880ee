import { describe, expect, test } from 'vitest'
import { hashToken, makeToken, userOfToken } from '../../../protocol/credentials.ts'
import { failures } from '../../../protocol/errors.ts'
import type { Field, Fields } from '../../../protocol/fields.ts'
import type { UserId } from '../../../protocol/ids.ts'
import type { Operation } from '../../../protocol/operation.ts'
import { pushes, pushesByCode } from '../../../protocol/pushes/index.ts'
import { operationNamed, operations, operationsByCode } from '../../../protocol/registry.ts'

const all = Object.values(operations) as readonly Operation[]

describe('the registry of operations', () => {
  test('knows each operation by its own name and its own code', () => {
    for (const [name, operation] of Object.entries(operations)) {
      expect(operation.name).toBe(name)
      expect(operationNamed(name)).toBe(operation)
      expect(operationsByCode.get(operation.code)).toBe(operation)
    }
    expect(operationsByCode.size).toBe(all.length)
  })

  test('knows nothing that an object happens to inherit', () => {
    for (const name of ['toString', '__proto__', 'constructor', 'hasOwnProperty', '', 'user']) {
      expect(operationNamed(name)).toBeUndefined()
    }
  })

  test('has each HTTP route once', () => {
    const routes = all.flatMap(({ http }) =>
      http === undefined ? [] : [`${http.method} ${http.path}`],
    )
    expect(new Set(routes).size).toBe(routes.length)
  })
})

describe.each(all.map((operation) => [operation.name, operation] as const))(
  '%s',
  (_name, operation) => {
    test('asks for a user where it acts for one, and names whose partition answers', () => {
      const { owner, access, request } = operation
      if (owner === 'actor') expect(access).toBe('user')
      else if (owner === 'anywhere') expect(access).toBe('anyone')
      else if (typeof owner === 'string') expect(request).toHaveProperty(owner)
      else expect(request).toHaveProperty(Object.values(owner)[0] as string)
      const isOfPartition = typeof owner === 'object' && 'partition' in owner
      if (isOfPartition) expect(access).toBe('operator')
      // Only an operator's word is written where its subject lives, and what is paid for from a budget there.
      const isPaidFor = operation.name === 'promotion.impression'
      if (operation.event !== undefined && access !== 'operator' && !isPaidFor) {
        expect(['actor', 'handle']).toContain(owner)
      }
    })

    test('is reachable: over HTTP, or live, or by operators alone', () => {
      expect(operation.http === undefined).toBe(
        operation.isLive === true ||
          operation.session === 'resumes' ||
          operation.access === 'operator',
      )
      for (const name of namesIn(operation.http?.path))
        expect(operation.request).toHaveProperty(name)
      for (const path of namesIn(operation.http?.location)) {
        let fields: Fields = operation.answer
        for (const name of path.split('.')) {
          expect(fields).toHaveProperty(name)
          fields = fieldsOf(fields[name]!)
        }
      }
    })

    test('refuses with codes that are not those of failures', () => {
      for (const code of Object.keys(operation.refusals)) expect(failures).not.toHaveProperty(code)
    })

    test('sends nothing that cannot be sent, and keeps its event open at the end only', () => {
      const kinds = [...kindsIn(operation.answer), ...kindsIn(operation.event ?? {})]
      expect(kinds).not.toContain('user-reference')
      const optional = Object.values(operation.event ?? {}).map(({ kind }) => kind === 'optional')
      expect(optional).toEqual([...optional].sort((left, right) => Number(left) - Number(right)))
    })
  },
)

test('pushes have their own names and codes', () => {
  for (const [name, push] of Object.entries(pushes)) {
    expect(push.name).toBe(name)
    expect(pushesByCode.get(push.code)).toBe(push)
  }
  expect(pushesByCode.size).toBe(Object.keys(pushes).length)
})

describe('a token', () => {
  const userId = 4_096_000_001 as UserId

  test('says whose it is, and its hash does not', () => {
    const token = makeToken(userId, new Uint8Array(32).fill(7))
    expect(token).toMatch(/^rk_[0-9a-z]+_[A-Za-z0-9_-]{43}$/)
    expect(userOfToken(token)).toBe(userId)
    expect(hashToken(token)).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(hashToken(token)).not.toBe(hashToken(`${token.slice(0, -1)}x`))
  })

  test.each([
    '',
    'rk_',
    'rk_1_short',
    `rk_0_${'A'.repeat(43)}`,
    `rk_zzzzzzzzzzz_${'A'.repeat(43)}`,
    `xx_1_${'A'.repeat(43)}`,
    `rk_1_${'A'.repeat(44)}`,
    `rk_1_${'A'.repeat(43)}\n`,
  ])('is not %j', (text) => {
    expect(userOfToken(text)).toBeUndefined()
  })
})

function namesIn(template: string | undefined): string[] {
  return [...(template ?? '').matchAll(/\{([\w.]+)\}/g)].map(([, name]) => name as string)
}

function fieldsOf(field: Field): Fields {
  if (field.kind === 'optional') return fieldsOf(field.of)
  return field.kind === 'record' ? field.fields : {}
}

function kindsIn(fields: Fields): string[] {
  return Object.values(fields).flatMap(function kinds(field: Field): string[] {
    if (field.kind === 'optional' || field.kind === 'list') return [field.kind, ...kinds(field.of)]
    return field.kind === 'record' ? [field.kind, ...kindsIn(field.fields)] : [field.kind]
  })
}
