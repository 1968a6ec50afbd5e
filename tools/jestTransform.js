const crypto = require('crypto');
const ts = require('typescript');

const OPTIONS = {
  allowJs: true,
  esModuleInterop: true,
  inlineSourceMap: true,
  inlineSources: true,
  isolatedModules: true,
  jsx: ts.JsxEmit.React,
  module: ts.ModuleKind.CommonJS,
  target: ts.ScriptTarget.ES2022
};

// Much of what we depend on is ESM only; jest runs CommonJS.
const ESM =
  /^\s*(import|export)\b|\bimport\.meta\b|^export\{|[;}](import|export)\b/m;

module.exports = {
  getCacheKey: (source, path) =>
    crypto
      .createHash('sha256')
      .update(`${ts.version}:2:${path}:`)
      .update(source)
      .digest('hex'),
  process(source, path) {
    if (!/\.tsx?$/.test(path) && !ESM.test(source)) {
      return { code: source };
    }
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: OPTIONS,
      // .mjs would keep its import statements
      fileName: path.replace(/\.mjs$/, '.js')
    });
    return {
      code: outputText.replace(/\bimport\.meta\.url\b/g, '__filename')
    };
  }
};
