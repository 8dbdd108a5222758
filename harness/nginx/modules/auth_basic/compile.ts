import type { Rule } from '../../../trace/trace.ts'
import { ModuleSettings } from '../../core/module.ts'
import { type CompileScope, ruleOf } from '../../core/scope.ts'
import type { Template } from '../../core/variables/template.ts'
import type { Block } from '../../syntax/block.ts'

/** `auth_basic`, and the file it looks into. */
export interface AuthBasic {
  readonly realm: { readonly text: Template; readonly rule: Rule } | null
  readonly userFile: { readonly path: Template; readonly rule: Rule } | null
}

export const authBasic = new ModuleSettings<AuthBasic>({ realm: null, userFile: null }, compileAuthBasic)

/** `auth_basic` and its file are inherited each by itself. */
function compileAuthBasic(block: Block, around: AuthBasic, scope: CompileScope): AuthBasic {
  const realm = block.one('auth_basic')
  const userFile = block.one('auth_basic_user_file')
  const [text] = realm?.args ?? []
  const [path] = userFile?.args ?? []
  return {
    realm:
      realm === undefined || text === undefined ? around.realm : { text: scope.template(text), rule: ruleOf(realm) },
    userFile:
      userFile === undefined || path === undefined
        ? around.userFile
        : { path: scope.template(path), rule: ruleOf(userFile) },
  }
}
