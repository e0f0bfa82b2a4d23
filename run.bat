@echo off
rem Double click: sets up the first time, then starts the assistant at http://127.0.0.1:8000
cd /d "%~dp0"
if not exist .venv\Scripts\linli.exe (
    py -3 -m venv .venv || (echo Python 3.11 or newer is needed: https://www.python.org & pause & exit /b 1)
    .venv\Scripts\python -m pip install --quiet --require-hashes -r requirements.txt || (pause & exit /b 1)
    .venv\Scripts\python -m pip install --quiet --no-deps --no-build-isolation -e . || (pause & exit /b 1)
)
.venv\Scripts\linli run
pause
