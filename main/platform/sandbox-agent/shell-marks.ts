/**
 * Has bash say where a prompt begins (OSC 133;A), where a command's output begins (C), how it ended (D) and which folder it is in (OSC 7):
 * a window draws marks and durations from it, every other terminal ignores it. Whatever a start-up file sets has precedence. What bash
 * starts does not get the variables: they are taken out of the environment at the first prompt.
 */
export const SHELL_MARKS = {
  PS0: '\\e]133;C\\e\\\\',
  PROMPT_COMMAND:
    'printf \'\\e]133;D;%s\\e\\\\\\e]7;file://%s\\e\\\\\\e]133;A\\e\\\\\' "$?" "$PWD"; export -n PS0 PROMPT_COMMAND',
} as const;
