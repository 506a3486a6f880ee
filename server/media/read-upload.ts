// Reads the body of an upload: a form with the file in it, or the file itself.

import { failure, RequestFailure } from '../../protocol/errors.ts'
import { altField } from '../../protocol/media.ts'
import type { IncomingFile } from './incoming-file.ts'
import { formFieldBytesMax, formOverheadBytesMax } from './limits.ts'
import type { FormEvent } from './multipart.ts'
import { boundaryOf, FormProblem, MultipartReader } from './multipart.ts'

export type UploadBody = {
  readonly chunks: AsyncIterable<Buffer>
  readonly contentType: string
  /** The query of the URL: `alt` for a file without a form around it. */
  readonly query: string
}

/**
 * Writes the file of a body.
 * @returns its alt text, undefined where there is none
 * @throws RequestFailure where the body is not what it should be
 */
export async function readUpload(
  { chunks, contentType, query }: UploadBody,
  file: IncomingFile,
): Promise<string | undefined> {
  const alt = new URLSearchParams(query).get('alt') ?? undefined
  if (!/^\s*multipart\//i.test(contentType)) {
    for await (const chunk of chunks) await file.write(chunk)
    return checkedAlt(alt)
  }
  const boundary = boundaryOf(contentType)
  if (boundary === undefined) throw badForm('Content-Type must name the boundary of the form.')
  const form = new Form(boundary, file)
  for await (const chunk of chunks) await form.push(chunk)
  return checkedAlt(form.end() ?? alt)
}

/** A form with one file, called whatever it is, and perhaps `alt`. */
class Form {
  readonly #reader: MultipartReader
  readonly #file: IncomingFile
  /** The part that is being read: a file, or the name of a field. */
  #part: { readonly name: string; readonly isFile: boolean } | undefined
  #field: Buffer[] = []
  #fieldBytes = 0
  #files = 0
  #alt: string | undefined
  #epilogueBytes = 0

  constructor(boundary: string, file: IncomingFile) {
    this.#reader = new MultipartReader(boundary)
    this.#file = file
  }

  async push(chunk: Buffer): Promise<void> {
    if (this.#reader.isComplete) {
      this.#epilogueBytes += chunk.length
      if (this.#epilogueBytes > formOverheadBytesMax) throw badForm('There is much after the form.')
      return
    }
    try {
      for (const event of this.#reader.push(chunk)) await this.#take(event)
    } catch (error) {
      throw error instanceof FormProblem ? badForm(error.message) : error
    }
  }

  /** @returns the alt text */
  end(): string | undefined {
    if (!this.#reader.isComplete) throw badForm('The form ends before its last boundary.')
    if (this.#files === 0) throw badForm('The form has no file.')
    return this.#alt
  }

  async #take(event: FormEvent): Promise<void> {
    if (event.kind === 'part') {
      this.#begin(event)
    } else if (event.kind === 'part-end') {
      this.#endPart()
    } else if (event.kind === 'data') {
      if (this.#part?.isFile === true) await this.#file.write(event.bytes)
      else this.#gather(event.bytes)
    }
  }

  #begin({ name, isFile }: { readonly name: string; readonly isFile: boolean }): void {
    if (isFile) this.#files++
    if (this.#files > 1) throw badForm('One upload is one file.')
    if (!isFile && name !== 'alt') {
      const field = name.slice(0, 64)
      throw new RequestFailure(
        failure('bad_request', { field, message: `${field} is not a known field` }),
      )
    }
    this.#part = { name, isFile }
    this.#field = []
    this.#fieldBytes = 0
  }

  #gather(bytes: Buffer): void {
    this.#fieldBytes += bytes.length
    if (this.#fieldBytes > formFieldBytesMax) throw badForm('A field of the form is too long.')
    this.#field.push(Buffer.from(bytes))
  }

  #endPart(): void {
    if (this.#part?.isFile !== false) return
    if (this.#alt !== undefined) throw badForm('alt is given twice.')
    this.#alt = Buffer.concat(this.#field).toString('utf8')
  }
}

/** A field that was left empty is one that was not filled in. */
function checkedAlt(alt: string | undefined): string | undefined {
  if (alt === undefined || alt === '') return undefined
  const isShort = alt.length <= altField.lengthMax
  const checked = isShort ? altField.rule?.(alt) : { problem: 'is too long' }
  if (typeof checked === 'string') return checked
  throw new RequestFailure(
    failure('bad_request', { field: 'alt', message: `alt ${checked?.problem ?? 'is refused'}` }),
  )
}

function badForm(message: string): RequestFailure {
  return new RequestFailure(failure('bad_request', { message }))
}
