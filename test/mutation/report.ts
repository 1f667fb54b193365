/** What of Stryker's report is read. @see https://github.com/stryker-mutator/mutation-testing-elements */
export interface Report {
  readonly files: Readonly<Record<string, MutatedFile>>
}

interface MutatedFile {
  readonly source: string
  readonly mutants: readonly Mutant[]
}

interface Place {
  /** From 1. */
  readonly line: number
  readonly column: number
}

interface Mutant {
  readonly status:
    | 'Killed'
    | 'Timeout'
    | 'Survived'
    | 'NoCoverage'
    | 'Ignored'
    | 'CompileError'
    | 'RuntimeError'
  readonly location: { readonly start: Place; readonly end: Place }
  readonly replacement?: string
}

export interface Score {
  readonly mutants: number
  /** A test failed, or did not end. */
  readonly noticed: number
  /** In percent. */
  readonly score: number
}

export function scoreOf(report: Report): Score {
  const all = Object.values(report.files).flatMap(({ mutants }) => mutants)
  const mutants = all.filter(({ status }) => lives(status) || notices(status)).length
  const noticed = all.filter(({ status }) => notices(status)).length
  return { mutants, noticed, score: mutants === 0 ? 0 : (100 * noticed) / mutants }
}

/** One line for each change that no test notices: the file, what stood there, and what stands there now. */
export function survivorsOf(report: Report): string[] {
  return Object.entries(report.files).flatMap(([path, { source, mutants }]) =>
    mutants
      .filter(({ status }) => lives(status))
      .map(({ location, replacement = '' }) => {
        const was = textAt(source, location)
        return `${path.replace(/^dist\//, '')}:${location.start.line}: ${shortened(was)} -> ${shortened(replacement)}`
      }),
  )
}

function lives(status: Mutant['status']): boolean {
  return status === 'Survived' || status === 'NoCoverage'
}

function notices(status: Mutant['status']): boolean {
  return status === 'Killed' || status === 'Timeout'
}

function textAt(source: string, { start, end }: Mutant['location']): string {
  const lines = source.split('\n').slice(start.line - 1, end.line)
  const last = lines.length - 1
  return lines
    .map((line, i) => line.slice(i === 0 ? start.column - 1 : 0, i === last ? end.column - 1 : undefined))
    .join('\n')
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 70 ? `${line.slice(0, 67)}...` : line
}
