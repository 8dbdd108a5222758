import path from 'node:path'
import type { Command, Option } from 'commander'
import { displayPath } from '../../../diagnostics/read-source.ts'
import { findChains } from '../../../scenario/find-chains.ts'
import { findRoot } from '../../../scenario/find-scenario-files.ts'
import { findWorkspace } from '../../../scenario/workspace.ts'

/** What a word of the line may become. */
export interface Candidate {
  readonly value: string
  readonly description: string
}

/** Values of options, and of arguments of the same name, that no choices of commander say: by the long names of the options. */
const VALUES: Readonly<Record<string, () => readonly string[]>> = {
  '--chain': () => [
    ...(findWorkspace(process.cwd()).config?.names ?? []),
    ...findChains(findRoot(path.resolve('scenarios/x'))).map(displayPath),
  ],
  '--env': () => ['simulated', 'sandbox', 'k3s', 'cluster'],
  '--via': () => ['nginx', 'gateway'],
  '--reporter': () => ['pretty', 'json', 'junit', 'tap', 'github'],
}

/**
 * What the last word may become: commands, options, values of options. None where a file may stand: the shell knows those.
 * @param words the words behind `chain`, the last of them as far as it is written
 */
export function completions(program: Command, words: readonly string[]): Candidate[] {
  const last = words.at(-1) ?? ''
  const { command, option } = whereLastStands(program, words.slice(0, -1))
  const all = option !== null ? valuesOf(option, last) : last.startsWith('-') ? optionsOf(command) : namesBelow(command)
  return all.filter(({ value }) => value.startsWith(last))
}

/** The command that the last word belongs to, and the option whose value it is; null where it is none. */
function whereLastStands(
  program: Command,
  before: readonly string[],
): { readonly command: Command; readonly option: Option | null } {
  let command = program
  let option: Option | null = null
  for (const word of before) {
    if (option !== null) option = null
    else if (word.startsWith('-'))
      option = command.options.find((one) => [one.short, one.long].includes(word) && takesValue(one)) ?? null
    else command = command.commands.find((one) => one.name() === word) ?? command
  }
  return { command, option }
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional
}

/** A list takes the last of its values. */
function valuesOf(option: Option, last: string): Candidate[] {
  const before = last.slice(0, last.lastIndexOf(',') + 1)
  const values = option.argChoices ?? VALUES[option.long ?? '']?.() ?? []
  return values.map((value) => ({ value: before + value, description: '' }))
}

function optionsOf(command: Command): Candidate[] {
  const help = command.createHelp().visibleOptions(command)
  return help.map(({ long, short, description }) => ({ value: long ?? short ?? '', description }))
}

/** The commands below one, and the choices of its arguments. */
function namesBelow(command: Command): Candidate[] {
  const commands = command.createHelp().visibleCommands(command)
  const choices = command.registeredArguments.flatMap((one) => one.argChoices ?? VALUES[`--${one.name()}`]?.() ?? [])
  return [
    ...commands.map((one) => ({ value: one.name(), description: one.description() })),
    ...choices.map((value) => ({ value, description: '' })),
  ]
}
