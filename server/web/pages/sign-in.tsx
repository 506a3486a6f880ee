// Logging in and signing up. Both end with the whole page loaded anew, as somebody.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { ErrorBody } from '../../../protocol/errors.ts'
import { RequestFailure } from '../../../protocol/errors.ts'
import { handleLengthMax, nameLengthMax, passwordLengthMin } from '../../../protocol/limits.ts'
import { Field } from '../parts/field.tsx'
import { Rook } from '../parts/icons.tsx'
import { useTitle } from '../parts/page-head.tsx'
import { callOverHttp } from '../wire/http.ts'

export function LogInPage(): JSX.Element {
  useTitle('Log in')
  const { isSending, error, submit } = useSignIn((values) =>
    callOverHttp('session.create', {
      handle: handleOf(values),
      password: values('password'),
    }),
  )
  return (
    <section class="sign-in">
      <Rook size={56} />
      <h1 tabIndex={-1}>Log in</h1>
      <form class="form" onSubmit={submit}>
        <Field name="handle" label="Handle" autoComplete="username" prefix="@" isRequired />
        <Field
          name="password"
          label="Password"
          type="password"
          autoComplete="current-password"
          isRequired
        />
        <FormProblem error={error} />
        <button type="submit" class="button button-main button-large" disabled={isSending}>
          {isSending ? 'Logging in…' : 'Log in'}
        </button>
      </form>
      <p class="sign-in-other">
        New here? <a href="/signup">Make an account</a>
      </p>
    </section>
  )
}

export function SignUpPage(): JSX.Element {
  useTitle('Sign up')
  const { isSending, error, submit } = useSignIn((values) =>
    callOverHttp('account.create', {
      handle: handleOf(values),
      name: values('name'),
      password: values('password'),
    }),
  )
  return (
    <section class="sign-in">
      <Rook size={56} />
      <h1 tabIndex={-1}>Make an account</h1>
      <form class="form" onSubmit={submit}>
        <Field
          name="handle"
          label="Handle"
          hint="Letters, digits and _: how people mention you."
          autoComplete="username"
          prefix="@"
          lengthMax={handleLengthMax + 1}
          problem={problemOf(error, 'handle')}
          isRequired
        />
        <Field
          name="name"
          label="Name"
          hint="Shown beside your tweets. You can change it."
          autoComplete="name"
          lengthMax={nameLengthMax}
          problem={problemOf(error, 'name')}
          isRequired
        />
        <Field
          name="password"
          label="Password"
          type="password"
          hint={`At least ${passwordLengthMin} characters.`}
          autoComplete="new-password"
          problem={problemOf(error, 'password')}
          isRequired
        />
        <FormProblem error={error?.field === undefined ? error : undefined} />
        <button type="submit" class="button button-main button-large" disabled={isSending}>
          {isSending ? 'Signing up…' : 'Sign up'}
        </button>
      </form>
      <p class="sign-in-other">
        Here already? <a href="/login">Log in</a>
      </p>
    </section>
  )
}

function FormProblem(props: { readonly error: ErrorBody | undefined }): JSX.Element {
  return (
    <p class="form-problem" role="alert">
      {props.error?.message ?? ''}
    </p>
  )
}

type Values = (name: string) => string

function useSignIn(send: (values: Values) => Promise<unknown>) {
  const [isSending, setSending] = useState(false)
  const [error, setError] = useState<ErrorBody | undefined>(undefined)
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const data = new FormData(event.currentTarget as HTMLFormElement)
    setSending(true)
    setError(undefined)
    try {
      await send((name) => String(data.get(name) ?? ''))
      const isOwnPage = ['/login', '/signup'].includes(location.pathname)
      location.assign(isOwnPage ? '/' : location.pathname)
    } catch (failed) {
      if (!(failed instanceof RequestFailure)) throw failed
      setError(failed.body)
      setSending(false)
    }
  }
  return { isSending, error, submit: (event: SubmitEvent) => void submit(event) }
}

function handleOf(values: Values): string {
  return values('handle').trim().replace(/^@/, '')
}

/** What the server says of one field, as a sentence under it. */
function problemOf(error: ErrorBody | undefined, field: string): string | undefined {
  if (error?.code === 'handle_taken' && field === 'handle') return error.message
  return error?.field === field ? error.message : undefined
}
