// Field types: what one value of a request, an answer or a push may be.
//
// A field is plain data. Everything that has to know a field's type is derived from it: the check of
// what a client sent (check.ts), the two encodings (message-pack.ts, json.ts), the JSON Schema of
// the OpenAPI document and docs/protocol.md (describe.ts), and, by inference, the TypeScript type.

import type { TweetId, UserId } from './ids.ts'

type Described = { readonly meaning?: string }

export type IdField<T extends number = number> = Described & {
  readonly kind: 'id'
  readonly of: T
}
export type TimeField = Described & { readonly kind: 'time' }
export type BooleanField = Described & { readonly kind: 'boolean' }
export type IntegerField = Described & {
  readonly kind: 'integer'
  readonly min: number
  readonly max: number
}
export type NumberField = Described & {
  readonly kind: 'number'
  readonly min: number
  readonly max: number
}
export type TextField = Described & {
  readonly kind: 'text'
  /** In UTF-16 code units: a bound on work and memory. `rule` says what the text has to be. */
  readonly lengthMax: number
  /** @returns the text as it is kept (normalised), or an object that says what is wrong with it. */
  readonly rule?: (text: string) => string | { readonly problem: string }
  readonly isSecret?: boolean
}
/** Bytes with a form of their own, for batches: in a log, and between processes and operators. */
export type BytesField = Described & {
  readonly kind: 'bytes'
  readonly bytesMax: number
}
/** A user by id, or by handle with an `@` in front (without it where it cannot be an id). */
export type UserReferenceField = Described & {
  readonly kind: 'user-reference'
}
export interface ListField<F extends Field = Field> extends Described {
  readonly kind: 'list'
  readonly of: F
  readonly countMax: number
}
export interface RecordField<R extends Fields = Fields> extends Described {
  readonly kind: 'record'
  readonly fields: R
}
export interface OptionalField<F extends Field = Field> extends Described {
  readonly kind: 'optional'
  readonly of: F
}

export type Field =
  | IdField
  | TimeField
  | BooleanField
  | IntegerField
  | NumberField
  | TextField
  | BytesField
  | UserReferenceField
  | ListField
  | RecordField
  | OptionalField

export interface Fields {
  readonly [name: string]: Field
}

/** A user reference after the check: an id, or a handle. */
export type UserReference = { readonly id: UserId } | { readonly handle: string }

/** The TypeScript type of a field's value; unknown for a field that is itself unknown. */
export type Value<F> = Field extends F
  ? unknown
  : F extends IdField<infer T>
    ? T
    : F extends TimeField | IntegerField | NumberField
      ? number
      : F extends BooleanField
        ? boolean
        : F extends TextField
          ? string
          : F extends BytesField
            ? Uint8Array
            : F extends UserReferenceField
              ? UserReference
              : F extends ListField<infer E>
                ? readonly Value<E>[]
                : F extends RecordField<infer R>
                  ? Values<R>
                  : F extends OptionalField<infer O>
                    ? Value<O>
                    : never

type OptionalKeys<R extends Fields> = {
  [K in keyof R]: R[K] extends OptionalField ? K : never
}[keyof R]

/** The TypeScript type of a record of fields; optional fields may be absent. */
export type Values<R extends Fields> = {
  readonly [K in Exclude<keyof R, OptionalKeys<R>>]: Value<R[K]>
} & { readonly [K in OptionalKeys<R>]?: Value<R[K]> }

const userId: IdField<UserId> = { kind: 'id', of: 0 as UserId }
const tweetId: IdField<TweetId> = { kind: 'id', of: 0 as TweetId }
const id: IdField = { kind: 'id', of: 0 }
const time: TimeField = { kind: 'time' }
const boolean: BooleanField = { kind: 'boolean' }
const count: IntegerField = {
  kind: 'integer',
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
}

/** The building blocks of definitions. */
export const f = {
  id,
  userId,
  tweetId,
  time,
  boolean,
  count,
  userReference: { kind: 'user-reference' } as UserReferenceField,
  integer: (bounds: { min: number; max: number }): IntegerField => ({
    kind: 'integer',
    ...bounds,
  }),
  number: (bounds: { min: number; max: number }): NumberField => ({
    kind: 'number',
    ...bounds,
  }),
  text: (options: Omit<TextField, 'kind'>): TextField => ({
    kind: 'text',
    ...options,
  }),
  bytes: (options: Omit<BytesField, 'kind'>): BytesField => ({
    kind: 'bytes',
    ...options,
  }),
  list: <F extends Field>(
    of: F,
    options: { countMax: number; meaning?: string },
  ): ListField<F> => ({
    kind: 'list',
    of,
    ...options,
  }),
  record: <R extends Fields>(fields: R): RecordField<R> => ({
    kind: 'record',
    fields,
  }),
  optional: <F extends Field>(of: F): OptionalField<F> => ({
    kind: 'optional',
    of,
  }),
}
