import type { Command, Option } from 'commander'

/** Lines that show what a command is for, under its name. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  run: [
    'chain run',
    'chain run scenarios/drift --env simulated,sandbox',
    'chain run --tag drift --reporter junit=report.xml',
  ],
  merge: [
    'chain merge shard-1.json shard-2.json > report.json',
    'chain merge shards/*.json --reporter junit=report.xml --reporter json=report.json',
  ],
  check: ['chain check', 'chain check --env simulated,sandbox', 'chain check --nginx 1.22,1.30'],
  explain: [
    "chain explain 'GET /api/v1/processes?page=2'",
    "chain explain --env sandbox curl 'http://flowmaster.example/api/v1/processes' -H 'X-Tenant: acme' --json '{}'",
    'chain explain --via gateway /v1/process-design/42',
  ],
  serve: [
    'chain serve',
    'chain serve scenarios/chains/flowmaster --port 9090 --env sandbox',
    'chain serve --listener https://flowmaster.example --verbose',
  ],
  new: [
    "chain new curl 'http://flowmaster.example/api/v1/process-design/42'",
    'chain new /api/v1/execution --chain scenarios/chains/flowmaster --out scenarios/execution.yaml',
  ],
  list: ['chain list', 'chain list --only tags', 'chain list --json'],
  fmt: ['chain fmt', 'chain fmt --check'],
  completion: ['source <(chain completion bash)'],
}

/** What a person has to know of a command beside its options. */
const NOTES: Readonly<Record<string, string>> = {
  merge: `The reports are those of one run in parts: \`chain run --shard 1/2 --seed 7 --reporter json=shard-1.json\`. The same scenario twice on
the same environment is refused, and so is a report of another version of the format: then nothing is written. The time is from the
earliest start to the latest end. JSON reports have no texts of files, so the other reporters show no traces and quote no scenario
file. The exit code is that of a run of all.`,
  explain: `The request is a curl line as it was pasted, in quotes or as it is behind \`chain explain\`; then options of chain stand before
the word \`curl\`. Nothing of the line is run. A variable of the shell, a pipe, an unknown option is told by name, and so is an option
that says nothing of the request (\`-k\`, \`-L\`, \`-s\`). \`@FILE\` reads files in the working directory alone. \`--resolve\` and \`--connect-to\`
say where the client connects to. A URL with the ClusterIP or the name of a Service enters there, past nginx.`,
  serve: `Each request goes through the chain, one after the other, and is a line of the output. [running.md](running.md#a-chain-on-a-local-port)
says what a client gets.`,
  new: `The file says what the chain shows today: the status, headers that clients act on or that nginx wrote, the location, the route and
the target that each hop sends on, and who is to blame for an error. It runs once before it is written. A secret of the request is not
written: the file takes it from the environment. No file is overwritten.`,
  list: `\`--json\` gives an object with a list for each name. Files that are not valid are told on standard error, and the command ends with 2.`,
  fmt: `Indentation, spaces and the ends of lines become one style. Comments, quotes, blank lines and the order of keys stay, and no line is
broken. \`--check\` writes nothing, and ends with 1 where a file would change.`,
  completion: `Each shell asks \`chain complete\` at every Tab, with the words of the line as they are: nothing of a line that is being written is run.`,
}

/** The page of the guide that has every command, with its options, as the program has them. */
export function commandsPage(program: Command): string {
  const help = program.createHelp()
  const commands = help.visibleCommands(program).filter((command) => command.name() !== 'help')
  const sections = commands.flatMap((command) => sectionOf(command, `chain ${command.name()}`))
  return `${['# Commands', `Made from the program itself. \`npx chain COMMAND --help\` says the same.`, ...sections].join('\n\n')}\n`
}

function sectionOf(command: Command, name: string): string[] {
  const examples = EXAMPLES[command.name()] ?? []
  const help = command.createHelp()
  const below = help.visibleCommands(command).filter((one) => one.name() !== 'help')
  const note = NOTES[command.name()]
  return [
    `${'#'.repeat(name.split(' ').length)} ${name}`,
    sentence(command.description()),
    ...(note === undefined ? [] : [note]),
    ...(examples.length === 0
      ? []
      : [
          `\`\`\`bash\n${examples
            .map((line) => `npx ${line}`)
            .join('\n')
            .replaceAll('<(chain', '<(npx chain')
            .replaceAll('npx source', 'source')}\n\`\`\``,
        ]),
    ...tableOf([
      ...argumentRows(command),
      ...help
        .visibleOptions(command)
        .filter(({ long }) => long !== '--help')
        .map(optionRow),
    ]),
    ...below.flatMap((one) => sectionOf(one, `${name} ${one.name()}`)),
  ]
}

type Row = readonly [term: string, text: string]

function argumentRows(command: Command): Row[] {
  return command.registeredArguments.map((argument) => {
    const name = argument.variadic ? `${argument.name()}...` : argument.name()
    const choices = argument.argChoices === undefined ? '' : ` (${argument.argChoices.join(', ')})`
    const text = argument.description + choices + defaultOf(argument.defaultValue, argument.defaultValueDescription)
    return [argument.required ? `<${name}>` : `[${name}]`, text]
  })
}

function optionRow({ flags, description, argChoices, defaultValue, defaultValueDescription }: Option): Row {
  const choices = argChoices === undefined ? '' : ` (${argChoices.join(', ')})`
  return [flags, description + choices + defaultOf(defaultValue, defaultValueDescription)]
}

function defaultOf(value: unknown, description: string | undefined): string {
  const isSaid = value === undefined || value === false || (Array.isArray(value) && value.length === 0)
  return isSaid ? '' : ` (default: ${description ?? String(value)})`
}

function tableOf(rows: readonly Row[]): string[] {
  const lines = rows.map(([term, text]) => `| \`${term.replaceAll('|', '\\|')}\` | ${text.replaceAll('|', '\\|')} |`)
  return lines.length === 0 ? [] : [['| | |', '|---|---|', ...lines].join('\n')]
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
