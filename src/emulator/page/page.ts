/** Where an emulator shows itself to people. */
export const PAGE_PATH = '/cordon/emulator';
