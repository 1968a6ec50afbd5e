// ESM-only packages have no `require` condition: try as CommonJS first.
module.exports = (request, options) => {
  try {
    return options.defaultResolver(request, options);
  } catch (error) {
    try {
      return options.defaultResolver(request, {
        ...options,
        conditions: [...(options.conditions ?? []), 'import']
      });
    } catch {
      throw error;
    }
  }
};
