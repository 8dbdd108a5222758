import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { systemFact } from '../../diagnostics/read-source.ts'
import { Source } from '../../diagnostics/source.ts'
import { readWithIncludes } from '../../nginx/syntax/include.ts'
import { parseSite } from '../../nginx/syntax/parser.ts'
import type { Directive } from '../../nginx/syntax/syntax.ts'
import type { NginxOptions } from './options.ts'

/** A configuration as it lies on the disk. */
export interface ConfOnDisk {
  readonly source: Source
  /** What it includes, by the paths that the model looks for. */
  readonly includes: ReadonlyMap<string, Source>
  /** The folder that relative paths of included and password files begin in (`conf_prefix`). */
  readonly folder: string
  /** Where the process's number goes. */
  readonly pidFile: string
  /** Where problems go. */
  readonly errorLog: string
}

/** The file itself cannot be read: nginx's sentence. */
export class NoConfError extends Error {}

/** @throws {NoConfError} */
export function readConf({ prefix, conf, globals, errorLog }: NginxOptions): ConfOnDisk {
  const file = path.resolve(prefix, conf)
  const folder = path.dirname(file)
  const source = new Source(file, textOf(file))
  const includes = readIncludes(source, folder)
  const main = [...parseSite(new Source('command line', globals)).directives, ...parseSite(source).directives]
  const place = (name: string, otherwise: string): string => path.resolve(prefix, argOf(main, name) ?? otherwise)
  return { source, includes, folder, pidFile: place('pid', 'logs/nginx.pid'), errorLog: place('error_log', errorLog) }
}

/** Reads what is included until nothing new is. */
function readIncludes(source: Source, folder: string): Map<string, Source> {
  const includes = new Map<string, Source>()
  for (let before = -1; before < includes.size; ) {
    before = includes.size
    for (const { text } of readWithIncludes(source, includes).included) {
      for (const file of filesOf(path.resolve(folder, text))) {
        const name = path.relative(text.startsWith('/') ? '/' : folder, file)
        if (!includes.has(name)) includes.set(name, new Source(file, textOf(file)))
      }
    }
  }
  return includes
}

function filesOf(pattern: string): string[] {
  if (/[*?[]/.test(pattern)) return globSync(pattern).toSorted()
  return existing(pattern) ? [pattern] : []
}

function existing(file: string): boolean {
  try {
    readFileSync(file)
    return true
  } catch {
    return false
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new NoConfError(`open() "${file}" failed (${systemFact(error)})`)
  }
}

function argOf(directives: readonly Directive[], name: string): string | null {
  return directives.find((directive) => directive.name.text === name)?.args[0]?.text ?? null
}
