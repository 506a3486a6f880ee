// What is larger than the limits of size.ts, with its present size. This list only shrinks.

import type { SizeExceptions } from './size.ts'

export const fileExceptions: SizeExceptions = {}

export const functionExceptions: SizeExceptions = {}
