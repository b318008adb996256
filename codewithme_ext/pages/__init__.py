"""The pages outside JupyterLab: log in, register, join and wait, how it came out. Server-rendered, with a bundle of their own."""
