// A labelled field of a form, with its hint and what is wrong with it.

import type { JSX } from 'preact'
import { useId } from 'preact/hooks'

export function Field(props: {
  readonly name: string
  readonly label: string
  readonly type?: 'text' | 'password' | 'url' | 'number'
  readonly hint?: string
  readonly prefix?: string
  readonly autoComplete?: string
  readonly lengthMax?: number
  readonly value?: string
  readonly problem?: string | undefined
  readonly isRequired?: boolean
}): JSX.Element {
  const id = useId()
  const { name, label, type = 'text', hint, prefix, problem } = props
  const isHandle = prefix !== undefined
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-box">
        {isHandle ? <span aria-hidden="true">{prefix}</span> : null}
        <input
          id={id}
          name={name}
          type={type as 'text'}
          required={props.isRequired === true}
          autocomplete={(props.autoComplete ?? 'off') as 'off'}
          autocapitalize={isHandle ? 'none' : undefined}
          spellcheck={false}
          maxLength={props.lengthMax}
          {...(type === 'number' ? { min: '0', step: 'any' } : {})}
          defaultValue={props.value}
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-hint`}
        />
      </div>
      <p class="field-hint" id={`${id}-hint`}>
        {problem === undefined ? hint : <strong>{problem}</strong>}
      </p>
    </div>
  )
}
